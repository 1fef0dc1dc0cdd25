/** An address or the reference of an image without the user and password in it, for messages. Digests stay: `@sha256:…`. */
export function withoutPassword(text: string): string {
  return text.replace(/^((?:\w+:\/\/)?)[^/@\s]*:[^/@\s]*@(?!sha\d+:)/, '$1(user and password not shown)@');
}
