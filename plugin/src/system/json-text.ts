/** The value of a JSON text from elsewhere; `undefined` when it isn't JSON, which no schema takes for an object. */
export function valueOfJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
