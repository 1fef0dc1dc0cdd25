/**
 * seq-metadata.yaml as the original sequential script wrote it: foreign, made by hand-written `echo`s, and wrong where
 * it says `differential`. Nothing in it is required, so unusable parts are left out.
 */
import { z } from 'zod';
import { readYaml } from '../yaml/read-yaml';

const text = z.string().max(1000).optional().catch(undefined);

export const OriginalMetadata = z
  .looseObject({
    sequence_number: z.number().optional().catch(undefined),
    description: text,
    content_type: text,
    oc_mirror_version: text,
    config_source: text,
    archives: z
      .array(z.looseObject({ name: z.string().max(200) }))
      .max(10_000)
      .optional()
      .catch(undefined),
    air_gapped_transfer: z
      .looseObject({
        complete: z.boolean().optional().catch(undefined),
        dependencies: z.array(z.string().max(200)).max(10_000).optional().catch(undefined),
      })
      .optional()
      .catch(undefined),
  })
  .describe('The metadata that the original script wrote for a sequence');
export type OriginalMetadata = z.infer<typeof OriginalMetadata>;

export const originalMetadataByteLimit = 1024 ** 2;

export interface ReadOriginal {
  /** `undefined` if the text cannot be read. */
  readonly metadata: OriginalMetadata | undefined;
  /** What is wrong with the text, in a sentence. */
  readonly trouble: string | undefined;
}

/** Reads it as YAML; if that fails, once more with its quotes corrected. */
export function readOriginalMetadata(content: string): ReadOriginal {
  const asItIs = read(content);
  if (asItIs.metadata !== undefined) return asItIs;
  const corrected = read(withQuotesEscaped(content));
  return { ...corrected, trouble: asItIs.trouble };
}

function read(content: string): ReadOriginal {
  const { value, findings } = readYaml(content, 'seq-metadata.yaml', {
    schema: OriginalMetadata,
    codes: { text: 'SEQ0211', value: 'SEQ0211' },
    maxCharacters: originalMetadataByteLimit,
  });
  const [first] = findings;
  if (first === undefined) return { metadata: value, trouble: undefined };
  return {
    metadata: undefined,
    trouble: `${first.at?.line === undefined ? '' : `line ${first.at.line}: `}${first.what}`,
  };
}

/**
 * The script puts values between quotes without escaping: `oc_mirror_version: "…GitVersion:"4.19.0"…"` is not YAML, and
 * neither is a description with a quote in it. A line is a key and one quoted value, so only the outer quotes count.
 */
function withQuotesEscaped(content: string): string {
  return content
    .split('\n')
    .map((line) => {
      const [, head, value] = /^(\s*(?:- )?[\w]+: )"(.*)"\s*$/.exec(line) ?? [];
      return head === undefined || value === undefined ? line : `${head}${JSON.stringify(value)}`;
    })
    .join('\n');
}

/** The version in the first line that `oc-mirror version` prints; a version alone stays as it is. */
export function ocMirrorVersionIn(noted: string | undefined): string | undefined {
  if (noted === undefined) return undefined;
  const named =
    /GitVersion:\s*"([^"]+)"/.exec(noted)?.[1] ?? /^(?:Client Version: )?(v?\d[\w.+-]*)$/.exec(noted.trim())?.[1];
  return named === '' ? undefined : named;
}
