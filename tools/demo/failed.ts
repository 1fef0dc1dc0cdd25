/** What the demo shows is not as it should be. The message is for people; a stack trace would not help them. */
export class DemoFailed extends Error {}

/** @throws DemoFailed unless it holds */
export function mustHold(condition: boolean, otherwise: string): asserts condition {
  if (!condition) throw new DemoFailed(otherwise);
}
