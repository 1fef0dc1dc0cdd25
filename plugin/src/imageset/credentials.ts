import { printable } from '../system/printable';

const userinfo = /^(?:[a-z][a-z0-9+.-]*:\/\/[^/?#\s]*|[^/@\s]+:[^/@\s]*)@(.*)$/i;
const digest = /^(?:sha|md|blake)\w*[:-]/;

/** Whether a text has a user name or password before its host: `https://user:word@host/`, `user:word@host/image:1`. */
export function carriesCredentials(text: string): boolean {
  const behindUserinfo = userinfo.exec(text)?.[1];
  return behindUserinfo !== undefined && !digest.test(behindUserinfo);
}

/** A value from a configuration as messages show it: in backquotes, shortened, printable, and never with credentials. */
export function shown(text: string): string {
  return carriesCredentials(text) ? 'a value with credentials (not shown)' : `\`${printable(text, { limit: 160 })}\``;
}
