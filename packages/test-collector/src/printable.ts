/** printable shows control characters as �: text from outside must not steer the terminal that it is printed on. */
export function printable(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return text.replaceAll(/[\u0000-\u001F\u007F-\u009F]/g, '�');
}
