import { CollectorError, messageOf } from './collector-error.ts';
import type { RequestHead } from './received-request.ts';
import type { ScriptStep } from './script-step.ts';

/** A script as a function: called for every request when its headers are in; undefined answers as without a script. */
export type ScriptFunction = (request: RequestHead) => ScriptStep | undefined;

/** Script hands out what the next request gets: the steps in order, then what the function says, then nothing. */
export class Script {
  #steps: ScriptStep[] = [];
  #decide: ScriptFunction | undefined;
  #failure: { readonly error: unknown } | undefined;

  add(script: readonly ScriptStep[] | ScriptFunction): void {
    if (typeof script === 'function') {
      this.#decide = script;
      return;
    }
    for (const step of script) {
      checkStep(step);
      for (let time = 0; time < (step.times ?? 1); time += 1) this.#steps.push(step);
    }
  }

  clear(): void {
    this.#steps = [];
    this.#decide = undefined;
    this.#failure = undefined;
  }

  next(head: RequestHead): ScriptStep | undefined {
    const step = this.#steps.shift();
    if (step !== undefined || this.#decide === undefined) return step;
    try {
      return this.#decide(head);
    } catch (error) {
      this.fail(error);
      return { do: 'answer', status: 500, message: 'the script function threw' };
    }
  }

  /** Remembers what kept a step from being decided or performed; the first one is told. */
  fail(error: unknown): void {
    this.#failure ??= { error };
  }

  assertConsumed(): void {
    if (this.#failure !== undefined) {
      throw new CollectorError(
        'SCRIPT_NOT_CONSUMED',
        `the script could not be followed: ${messageOf(this.#failure.error)}`,
        {
          cause: this.#failure.error,
        },
      );
    }
    if (this.#steps.length === 0) return;
    const list = this.#steps.map((step) => `  ${JSON.stringify(step, jsonBigint)}`).join('\n');
    throw new CollectorError(
      'SCRIPT_NOT_CONSUMED',
      `${this.#steps.length} step(s) of the script got no request:\n${list}`,
    );
  }
}

function jsonBigint(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}

function checkStep(step: ScriptStep): void {
  const { times = 1, delayMs = 0 } = step;
  if (!Number.isInteger(times) || times < 0) {
    throw new CollectorError('INVALID_OPTION', `times: expected a whole number, found ${times}`);
  }
  if (!(delayMs >= 0 && delayMs < 2 ** 31)) {
    throw new CollectorError('INVALID_OPTION', `delayMs: expected 0 to 2147483647, found ${delayMs}`);
  }
  if ('status' in step && step.status !== undefined && !(step.status >= 200 && step.status <= 599)) {
    throw new CollectorError('INVALID_OPTION', `status: expected 200 to 599, found ${step.status}`);
  }
}
