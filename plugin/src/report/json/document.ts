/**
 * What `--json` prints for any command: one document, whose first key names the command and the version of its shape.
 *
 * @param command as people type it: `list`
 */
export function jsonDocument(command: string, outcome: object): string {
  return JSON.stringify({ schema: `seqmirror/${command}/v1`, ...outcome }, null, 2);
}
