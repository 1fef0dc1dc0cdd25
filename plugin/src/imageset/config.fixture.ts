import { renderExplanation } from '../system/errors';
import { parseImageSet } from './document';

export const file = 'isc.yaml';

const head = `kind: ImageSetConfiguration
apiVersion: mirror.openshift.io/v2alpha1
`;

/** A configuration with this under `mirror:`, which stands in line 3; lines of it count from 4. */
export function mirrorOf(lines: string): string {
  return `${head}mirror:\n${indented(lines)}\n`;
}

/** One whose only image is there so that it asks for something. */
export function withImage(lines: string): string {
  return `${head}${lines}\nmirror: { additionalImages: [{ name: 'quay.io/a/b:1' }] }\n`;
}

/** One catalog in line 4, with this beside it from line 5. */
export function catalogWith(lines: string): string {
  return mirrorOf(`operators:\n- catalog: quay.io/lab/index:v1\n${indented(lines)}`);
}

/** Severity, code, position and words of every finding, one a line. */
export function findingsIn(text: string): string {
  const { findings } = parseImageSet(text, file);
  return findings.map((finding) => `${finding.severity} ${renderExplanation(finding).split('\n')[0]}`).join('\n');
}

/** `SEQ0101 5:3`, of errors only where asked. */
export function codesIn(
  text: string,
  { severity }: { severity?: 'error' | 'warning' | undefined } = {},
): readonly string[] {
  return parseImageSet(text, file)
    .findings.filter((finding) => severity === undefined || finding.severity === severity)
    .map(({ code, at }) => `${code} ${at?.line}:${at?.column}`);
}

function indented(lines: string): string {
  return lines
    .split('\n')
    .map((line) => (line === '' ? line : `  ${line}`))
    .join('\n');
}
