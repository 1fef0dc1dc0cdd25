const longest = 32;
const pattern = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;

/** Whether a text can name a site: lower-case letters, digits and single dashes between them, at most 32 characters. */
export function isSiteName(text: string): boolean {
  return text.length <= longest && pattern.test(text);
}
