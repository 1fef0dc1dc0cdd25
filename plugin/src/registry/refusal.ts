/** Everything about an answer that isn't the one asked for: who gave it, what it says, and what it means. */
import { valueOfJson } from '../system/json-text';
import { printable } from '../system/printable';
import { parseChallenges } from './challenge';
import type { HttpResponse } from './http';
import type { Refusal, RefusalReason } from './request-facts';

const longestBody = 8 * 1024;

/** Reads a refusal, at most 8 KiB of it. If reading fails, only its words are missing. */
export async function readRefusal(response: HttpResponse): Promise<Refusal> {
  const text = await firstBytes(response);
  const { status } = response;
  const errors = errorsIn(text);
  return {
    status,
    code: typeof errors?.[0]?.code === 'string' ? errors[0].code : undefined,
    reason: reasonIn(status, text),
    proxy: proxyBehind(response, { text, isRegistry: errors !== undefined }),
    schemes: parseChallenges(response.header('www-authenticate')).map(({ scheme }) => scheme),
    said: wordsOf(text, errors),
    retryAfter: response.header('retry-after'),
  };
}

// ENOSPC and EDQUOT, in words or as docker-registry's storage driver writes them.
const noSpace = /no space left|quota exceeded|"Err":(?:28|122)\b/i;

/**
 * The words of different registries for the same thing. Quota: Harbor "will exceed the configured upper limit of 10.0
 * MiB", Quay "Quota has been exceed on namespace", IBM "You have exceeded your storage quota", GitLab "storage limit",
 * DigitalOcean "registry contains 1 repositories, limit is 1". Tags: Harbor 412 "configured as immutable", Quay 409
 * TAG_ALREADY_EXISTS, ECR 400 "already exists in the 'app' repository and cannot be overwritten because the repository
 * is immutable", Artifact Registry "has enabled tag immutability", Azure 405 "operation is disallowed". ECR 404 "The
 * repository with name 'app' does not exist in the registry with id '123456789012'".
 */
const meanings: readonly { reason: RefusalReason; statuses: readonly number[]; words: RegExp }[] = [
  {
    reason: 'no repository',
    statuses: [400, 404],
    words: /repository with name .{0,300} does not exist in the registry with id|RepositoryNotFoundException/i,
  },
  {
    reason: 'immutable tag',
    statuses: [400, 403, 405, 409, 412, 422],
    words:
      /immutab|TAG_ALREADY_EXISTS|ImageTagAlreadyExists|cannot be overwritten|tag was already pushed|disallowed.operation|operation is disallowed/i,
  },
  {
    reason: 'quota',
    statuses: [400, 402, 403, 409, 412, 413, 422],
    words:
      /\bquota|upper limit|storage limit|limit is \d|limit[ _-]?exceeded|exceed\w* .{0,80}\blimit|limit .{0,40}(?:reached|exceeded)/i,
  },
];

function reasonIn(status: number, text: string): RefusalReason | undefined {
  if (status === 507 || (status >= 500 && noSpace.test(text))) return 'disk full';
  if (isHtml(text)) return undefined;
  return meanings.find(({ statuses, words }) => statuses.includes(status) && words.test(text))?.reason;
}

// OCI distribution 1.1, Error Codes: `{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown"}]}`.
function errorsIn(text: string): readonly { code?: unknown; message?: unknown }[] | undefined {
  const errors = (valueOfJson(text) as { errors?: unknown } | null | undefined)?.errors;
  return Array.isArray(errors) ? (errors as { code?: unknown; message?: unknown }[]) : undefined;
}

/** `MANIFEST_UNKNOWN: manifest unknown`, else the beginning of a short text that is not a page. */
function wordsOf(text: string, errors: ReturnType<typeof errorsIn>): string | undefined {
  const parts = [errors?.[0]?.code, errors?.[0]?.message].filter(
    (part): part is string => typeof part === 'string' && part !== '',
  );
  if (parts.length > 0) return printable(parts.join(': '), { limit: 300 });
  const isDocument = /^\s*[[{]/.test(text);
  return text.trim() === '' || isHtml(text) || isDocument ? undefined : printable(text.trim(), { limit: 200 });
}

function isHtml(text: string): boolean {
  return /^\s*</.test(text);
}

const marksOfProxies = ['x-squid-error', 'proxy-authenticate', 'proxy-status'];
// Answers that a registry gives itself, behind any proxy: a login is needed, or something is missing.
const neverOfProxies = [401, 404];

/** Whether an answer is a proxy's own: 407, its headers, or an answer through a proxy without any sign of a registry. */
function proxyBehind(
  response: HttpResponse,
  { text, isRegistry }: { text: string; isRegistry: boolean },
): Refusal['proxy'] {
  const { status, proxy, header } = response;
  const name = proxy ?? 'unnamed';
  if (status === 407 || marksOfProxies.some((mark) => header(mark) !== undefined)) return name;
  const type = header('content-type') ?? '';
  if (isRegistry || header('docker-distribution-api-version') !== undefined || type.includes('json')) return undefined;
  if (proxy === undefined || neverOfProxies.includes(status) || status < 400) return undefined;
  // In a tunnel only a proxy that opens TLS can answer, and it shows a page.
  return response.url.protocol === 'http:' || isHtml(text) || type.includes('html') ? name : undefined;
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
