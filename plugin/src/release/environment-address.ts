import { variableUnusable } from './errors';

/**
 * The address in a variable of the environment, or the usual one. If oc-mirror cannot read the variable, it falls back
 * to the usual address and asks the wrong server; here that is refused.
 *
 * @throws SEQ0421
 */
export function addressIn(
  env: Readonly<NodeJS.ProcessEnv>,
  { variable, usual }: { readonly variable: string; readonly usual: string },
): URL {
  const value = env[variable];
  if (!value) return new URL(usual);
  const url = URL.canParse(value) ? new URL(value) : undefined;
  const isWeb = url?.protocol === 'https:' || url?.protocol === 'http:';
  if (url !== undefined && isWeb && isEscaped(`${url.username}:${url.password}`)) return url;
  throw variableUnusable({
    variable,
    what: 'is not an http or https URL',
    why: 'This variable names the server that seqmirror asks in place of the default server',
    next: `Set ${variable} to a URL such as ${usual}, or unset it`,
  });
}

/** Whether each percent sign escapes a byte, and the bytes are UTF-8. */
function isEscaped(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}
