/**
 * Every request to a registry goes through here. Each round asks every place that may have the answer once, with one of
 * three verdicts: take the answer, ask this place again in the next round, or leave this place out from now on. When no
 * place or no round is left, the most informative failure is reported first, with the others beside it: an answer
 * before silence, and the registry's own before its mirrors'.
 */
import type { SeqmirrorError } from '../system/errors';
import { isSeqmirrorError } from '../system/errors';
import type { AccessRequest, Authorizer } from './authorizer';
import { parseChallenges } from './challenge';
import {
  answerRefused,
  placesFailed,
  registryTooBusy,
  registryUnknown,
  registryUnreachable,
  registryWithoutTls,
  tlsUntrusted,
} from './errors';
import type { HostLimits } from './host-limits';
import type { Http, HttpResponse, RequestBody } from './http';
import { discard } from './http';
import type { NetworkFailure } from './network-failure';
import { networkFailureOf } from './network-failure';
import { proxyRefused, proxyUnreachable } from './proxy-errors';
import { pushRefused, registryFull, repositoryNotMade, tagImmutable, withAdviceOnDepth } from './push-errors';
import { readRefusal } from './refusal';
import type { RegistryHosts } from './registry-hosts';
import type { PullSource, Refusal, RequestKind } from './request-facts';
import { backOffMs, isPassing, retryAfterMs } from './retry';

export interface RegistryRequest<T> {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below the repository: `manifests/9.5`, `tags/list?n=1000`. */
  readonly path: string;
  /** Replaces the path: where an earlier answer sent us. Credentials go there only if it is the same server. */
  readonly url?: URL | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Called each time that the request is sent. */
  readonly body?: (() => RequestBody) | undefined;
  readonly actions?: AccessRequest['actions'] | undefined;
  /** A repository on the same host from which a blob is to be mounted; it must be readable too. */
  readonly mountsFrom?: string | undefined;
  /** What is requested, for messages: `registry.redhat.io/ubi9/ubi:9.5`. */
  readonly subject: string;
  readonly asks: RequestKind;
  /** The statuses that `read` understands. */
  readonly accepts: readonly number[];
  /** Statuses that it understands too, once they have stayed through all rounds. */
  readonly acceptsAtLast?: readonly number[] | undefined;
  /** The result, where a refusal is an answer; `undefined`: it is a failure. */
  readonly understands?: ((refusal: Refusal) => T | undefined) | undefined;
  /** If one place doesn't have it, that is enough if the other places cannot be reached. */
  readonly absenceIsEnough?: boolean | undefined;
  /** The same request must not be sent twice: a passing failure is thrown, after the wait for it. From 1. */
  readonly attempt?: number | undefined;
  /** Makes the result from an accepted answer. If the network cuts it off here, it is tried again. */
  readonly read: (response: HttpResponse, source: PullSource) => Promise<T> | T;
}

/** Something went wrong, and is tried again. */
export interface RetryEvent {
  readonly host: string;
  readonly subject: string;
  readonly reason: string;
  /** From 1. */
  readonly failures: number;
  readonly delayMs: number;
}

export interface TransportOptions {
  readonly http: Http;
  readonly hosts: RegistryHosts;
  readonly authorizer: Authorizer;
  readonly limits: HostLimits;
  /** Rounds after the first. */
  readonly retries: number;
  readonly onRetry: (event: RetryEvent) => void;
  readonly now: () => Date;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly random: () => number;
}

export interface Transport {
  /** Sends a request to the first of the places that answers it. */
  send<T>(sources: readonly PullSource[], request: RegistryRequest<T>, signal: AbortSignal): Promise<T>;
  /** Waits after something that the caller treats as a passing failure. */
  pause(event: Omit<RetryEvent, 'delayMs'>, signal: AbortSignal): Promise<void>;
}

type Verdict<T> =
  | { readonly verdict: 'take'; readonly result: T }
  | { readonly verdict: 'wait'; readonly failure: SeqmirrorError; readonly afterMs?: number | undefined }
  | { readonly verdict: 'leave'; readonly failure: SeqmirrorError };

type ProxyTrouble = Extract<NetworkFailure, { kind: 'proxy' }>;

// Otherwise a mirror that can't be reached would cost its time limit for each of a thousand blobs.
const askedLastForMs = 60_000;
// A name that one place does not know is most often mistyped: so unreachable places are asked only once more, not for a
// quarter of a minute.
const roundsAfterAbsence = 1;

export function createTransport(options: TransportOptions): Transport {
  const { limits, retries, onRetry, now, sleep, random } = options;

  const downUntil = new Map<string, number>();
  const isDown = ({ host }: PullSource): boolean => (downUntil.get(host) ?? 0) > now().getTime();

  const judgeRefusal = async <T>(
    source: PullSource,
    request: RegistryRequest<T>,
    { refusal, authorized }: { refusal: Refusal; authorized: boolean },
  ): Promise<Verdict<T>> => {
    const { subject, asks } = request;
    if (refusal.proxy !== undefined && !isPassing(refusal.status)) {
      const facts = { proxy: refusal.proxy, host: source.host, subject, status: refusal.status, said: refusal.said };
      return { verdict: 'leave', failure: proxyRefused(facts) };
    }
    if (asks === 'push' && (refusal.reason === 'disk full' || refusal.reason === 'quota'))
      return { verdict: 'leave', failure: registryFull({ source, subject, refusal }) };
    if (asks === 'push' && refusal.reason === 'no repository')
      return { verdict: 'leave', failure: repositoryNotMade({ source, subject, refusal }) };
    if (isTagPut(request) && (refusal.reason === 'immutable tag' || [409, 412].includes(refusal.status)))
      return { verdict: 'leave', failure: tagImmutable({ source, subject, refusal }) };
    if (isPassing(refusal.status)) {
      if (refusal.status === 429) limits.slowDown(source.host);
      const failure = registryTooBusy({ source, subject, refusal });
      return { verdict: 'wait', failure, afterMs: retryAfterMs(refusal.retryAfter, now()) };
    }
    const { origin, credentials } = await options.authorizer.originOf(accessOf(source, request));
    const sent = credentials === undefined ? 'none found' : authorized ? 'sent' : 'not asked for';
    const facts = { source, subject, asks, refusal, origin, credentials: sent } as const;
    const isPush = asks === 'push' && refusal.status !== 401;
    const failure = isPush ? pushRefused(facts) : answerRefused(facts);
    // What is deleted was uploaded there, so its path is not too deep.
    const isDestination = request.actions?.includes('push') === true && request.method !== 'DELETE';
    return { verdict: 'leave', failure: isDestination ? withAdviceOnDepth(failure, facts) : failure };
  };

  const judgeFailure = <T>(source: PullSource, { subject }: RegistryRequest<T>, error: unknown): Verdict<T> => {
    if (isSeqmirrorError(error)) return { verdict: 'leave', failure: error };
    const network = networkFailureOf(error);
    if (network === undefined) throw error;
    const facts = { host: source.host, subject, words: network.words, cause: error };
    if (network.kind === 'unknown host') {
      downUntil.set(source.host, now().getTime() + askedLastForMs);
      // A host that answered a moment ago exists, so the problem is DNS.
      if (options.hosts.hasMet(source)) return { verdict: 'wait', failure: registryUnreachable(facts) };
      return { verdict: 'leave', failure: registryUnknown({ ...facts, name: network.name }) };
    }
    if (network.kind === 'proxy') return judgeProxy(source, subject, { ...network, cause: error });
    if (network.kind === 'untrusted') return { verdict: 'leave', failure: tlsUntrusted(facts) };
    if (network.kind === 'no TLS') return { verdict: 'leave', failure: registryWithoutTls(facts) };
    if (network.kind === 'unreachable') downUntil.set(source.host, now().getTime() + askedLastForMs);
    return { verdict: 'wait', failure: registryUnreachable(facts) };
  };

  const judgeProxy = <T>(
    { host }: PullSource,
    subject: string,
    { proxy, status, words, failure, cause }: ProxyTrouble & { readonly cause: unknown },
  ): Verdict<T> => {
    // No other password can help, but another place may have what a proxy does not let through.
    if (status !== 407) downUntil.set(host, now().getTime() + askedLastForMs);
    if (status !== undefined && !isPassing(status))
      return { verdict: 'leave', failure: proxyRefused({ proxy, host, subject, status, said: undefined }) };
    const isFinal = failure !== undefined && ['unknown host', 'untrusted', 'no TLS'].includes(failure.kind);
    return { verdict: isFinal ? 'leave' : 'wait', failure: proxyUnreachable({ proxy, host, subject, words, cause }) };
  };

  const attempt = async <T>(
    source: PullSource,
    request: RegistryRequest<T>,
    { signal, isLast }: { signal: AbortSignal; isLast: boolean },
  ): Promise<Verdict<T>> => {
    const release = await limits.acquire(source.host, signal);
    let response: HttpResponse | undefined;
    try {
      const answer = await ask(options, source, request, signal);
      const { authorized } = answer;
      if (answer.refused !== undefined)
        return await judgeRefusal(source, request, { refusal: answer.refused, authorized });
      response = answer.response;
      const accepted = [...request.accepts, ...(isLast ? (request.acceptsAtLast ?? []) : [])];
      if (!accepted.includes(response.status)) {
        const told = await readRefusal(response);
        const understood = request.understands?.(told);
        if (understood !== undefined) return { verdict: 'take', result: understood };
        // If a login is required and none is known, that is the reason.
        const isLogin = told.status === 401 && !authorized;
        const refusal = isLogin ? told : await withWords(told, { options, source, request, signal });
        return await judgeRefusal(source, request, { refusal, authorized });
      }
      return { verdict: 'take', result: await request.read(response, source) };
    } catch (error) {
      response?.body.on('error', () => undefined).destroy();
      signal.throwIfAborted();
      return judgeFailure(source, request, error);
    } finally {
      // A body that is passed on is still being read: its place is free when it has been read.
      if (response === undefined || response.body.closed || response.body.destroyed) release();
      else response.body.once('close', release);
    }
  };

  const pause = async (event: Omit<RetryEvent, 'delayMs'>, signal: AbortSignal, afterMs = 0): Promise<void> => {
    const delayMs = Math.max(afterMs, backOffMs(event.failures - 1, random));
    onRetry({ ...event, delayMs });
    await sleep(delayMs, signal);
  };

  return {
    pause,
    send: async (sources, request, signal) => {
      const failures = new Map<PullSource, SeqmirrorError>();
      let candidates = [...sources].sort((a, b) => Number(isDown(a)) - Number(isDown(b)));
      for (let round = 1; ; round += 1) {
        const failed = request.attempt ?? round;
        const isLast = failed > retries;
        let delay: { source: PullSource; failure: SeqmirrorError; afterMs: number } | undefined;
        for (const source of [...candidates]) {
          const outcome = await attempt(source, request, { signal, isLast });
          if (outcome.verdict === 'take') return outcome.result;
          failures.set(source, outcome.failure);
          if (outcome.verdict === 'leave') candidates = candidates.filter((candidate) => candidate !== source);
          else if (delay === undefined || (outcome.afterMs ?? 0) < delay.afterMs) {
            delay = { source, failure: outcome.failure, afterMs: outcome.afterMs ?? 0 };
          }
        }
        const absent = candidates.every(isDown) ? absenceIn(failures.values()) : undefined;
        if (absent !== undefined && request.absenceIsEnough === true) throw absent;
        if (delay === undefined || isLast || (absent !== undefined && round > roundsAfterAbsence))
          throw placesFailed(sources.map((source) => ({ failure: failures.get(source), silent: isDown(source) })));
        const { source, failure, afterMs } = delay;
        await pause(
          { host: source.host, subject: request.subject, reason: failure.what, failures: failed },
          signal,
          afterMs,
        );
        if (request.attempt !== undefined) throw failure;
      }
    },
  };
}

/** A refusal of a HEAD has no body: the same request is sent once more by GET, whose answer may say why. */
async function withWords<T>(
  refusal: Refusal,
  asked: {
    readonly options: TransportOptions;
    readonly source: PullSource;
    readonly request: RegistryRequest<T>;
    readonly signal: AbortSignal;
  },
): Promise<Refusal> {
  const { options, source, request, signal } = asked;
  // A missing or currently unavailable resource needs no explanation.
  if (request.method !== 'HEAD' || refusal.status === 404 || isPassing(refusal.status)) return refusal;
  try {
    const { response } = await ask(options, source, { ...request, method: 'GET' }, signal);
    if (response?.status === refusal.status) return await readRefusal(response);
    if (response !== undefined) discard(response);
  } catch {
    signal.throwIfAborted();
  }
  return refusal;
}

function isTagPut({ method, path }: RegistryRequest<unknown>): boolean {
  return method === 'PUT' && /^manifests\/[^:]+$/.test(path);
}

function absenceIn(failures: Iterable<SeqmirrorError>): SeqmirrorError | undefined {
  return [...failures].find(({ code }) => code === 'SEQ0506');
}

/** `authorized`: the request carried the credentials found for it, or the token service got them. */
type Answer = { readonly authorized: boolean } & (
  | { readonly response: HttpResponse; readonly refused?: never }
  /** Refused by the token service, so that the request could not even be sent. */
  | { readonly refused: Refusal; readonly response?: never }
);

/** One answer of one place, authorised as far as the credentials allow. */
async function ask<T>(
  { http, hosts, authorizer }: TransportOptions,
  source: PullSource,
  request: RegistryRequest<T>,
  signal: AbortSignal,
): Promise<Answer> {
  const access = accessOf(source, request);
  const { base, challenges } = await hosts.meet(source);
  signal.throwIfAborted();
  const url = request.url ?? new URL(`${source.repository}/${request.path}`, base);
  const isOurs = url.origin === base.origin;
  const send = (authorization: string | undefined): Promise<HttpResponse> =>
    http.exchange({
      method: request.method,
      url,
      headers: { ...request.headers, ...(authorization === undefined ? {} : { authorization }) },
      body: request.body,
      registry: source,
      signal,
    });
  const first = isOurs ? await authorizer.authorize(access, challenges) : { header: undefined };
  if (first.refused !== undefined) return { ...first, authorized: true };
  const response = await send(first.header);
  const authorized = first.header !== undefined;
  if (response.status !== 401 || !isOurs) return { response, authorized };
  authorizer.rejected(access, first.header, parseChallenges(response.header('www-authenticate')));
  const second = await authorizer.authorize(access, challenges);
  if (second.refused === undefined && (second.header === undefined || second.header === first.header))
    return { response, authorized };
  discard(response);
  if (second.refused !== undefined) return { ...second, authorized: true };
  return { response: await send(second.header), authorized: true };
}

function accessOf(
  { host, insecure, repository }: PullSource,
  { actions = 'pull', mountsFrom }: Pick<RegistryRequest<unknown>, 'actions' | 'mountsFrom'>,
): AccessRequest {
  return { host, insecure, repository, actions, mountsFrom };
}
