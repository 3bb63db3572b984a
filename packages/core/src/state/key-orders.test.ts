import { expect, it } from 'vitest';
import { KeyOrders } from './key-orders.ts';

it('keeps the order in which a set of keys came first', () => {
  const orders = new KeyOrders();
  const first = ['b', 1, 'a', 2];
  expect(orders.arrange(first)).toBe(first);
  expect(orders.arrange(['a', 3, 'b', 4])).toEqual(['b', 4, 'a', 3]);
  expect(orders.arrange(['a', 5])).toEqual(['a', 5]);
  expect(orders.arrange([])).toEqual([]);
});

it('takes no key for two, whatever is in it', () => {
  const orders = new KeyOrders();
  orders.arrange(['b,c', 1, 'a', 1]);
  expect(orders.arrange(['a', 1, 'b', 2, 'c', 3])).toEqual(['a', 1, 'b', 2, 'c', 3]);
  expect(orders.arrange(['c', 3, 'b', 2, 'a', 1])).toEqual(['a', 1, 'b', 2, 'c', 3]);
});

it('orders by the alphabet once there are too many sets of keys, always alike', () => {
  const orders = new KeyOrders();
  for (let i = 0; i < 100; i++) orders.arrange([`z${i}`, 1, 'a', 1]);
  expect(orders.arrange(['a', 1, 'z0', 1])).toEqual(['z0', 1, 'a', 1]);
  for (const pairs of [
    ['a', 1, 'z99', 1],
    ['z99', 1, 'a', 1],
  ]) {
    expect(orders.arrange(pairs)).toEqual(['a', 1, 'z99', 1]);
  }
});
