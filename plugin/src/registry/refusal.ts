import { printable } from '../system/printable';
import type { HttpResponse } from './http';
import type { Refusal } from './request-facts';

const longestBody = 8 * 1024;
// ENOSPC and EDQUOT, in words or as docker-registry's storage driver encodes them.
const noSpace = /no space left|quota exceeded|"Err":(?:28|122)\b/i;

/** Reads what there is to know of a refusal, at most 8 KiB. Trouble in reading only leaves words out. */
export async function readRefusal(response: HttpResponse): Promise<Refusal> {
  const text = await firstBytes(response);
  return {
    status: response.status,
    said: wordsOf(text),
    retryAfter: response.header('retry-after'),
    full: response.status === 507 || (response.status >= 500 && noSpace.test(text)),
  };
}

// `MANIFEST_UNKNOWN: manifest unknown` (OCI distribution 1.1, Error Codes), else the beginning of a short text.
function wordsOf(text: string): string | undefined {
  if (text.trim() === '') return undefined;
  try {
    const first = (JSON.parse(text) as { errors?: { code?: unknown; message?: unknown }[] | undefined } | null)
      ?.errors?.[0];
    const parts = [first?.code, first?.message].filter(
      (part): part is string => typeof part === 'string' && part !== '',
    );
    return parts.length === 0 ? undefined : printable(parts.join(': '), { limit: 200 });
  } catch {
    return /^\s*</.test(text) ? undefined : printable(text.trim(), { limit: 200 });
  }
}

async function firstBytes({ body }: HttpResponse): Promise<string> {
  try {
    let text = Buffer.alloc(0);
    for await (const chunk of body as AsyncIterable<Buffer>) {
      text = Buffer.concat([text, chunk]);
      if (text.length > longestBody) break;
    }
    return text.subarray(0, longestBody).toString('utf8');
  } catch {
    return '';
  }
}
