/** Credential helpers: programs `docker-credential-<name>` that podman and docker keep passwords in. */
import { z } from 'zod';
import { valueOfJson } from '../system/json-text';
import { runProgram } from '../system/process';
import type { Credentials } from './auth-file';
import { credentialHelperFailed } from './configuration-errors';

const namePattern = /^[a-zA-Z0-9][a-zA-Z0-9._-]{0,63}$/;
const timeoutMs = 30_000;
const HelperAnswer = z.object({ Username: z.string(), Secret: z.string() });
// docker-credential-helpers, credentials/error.go
const notFound = /credentials not found in native keychain|no credentials (server URL|username)/i;

/**
 * Asks the helper `docker-credential-<name>` for the credentials of a server. `undefined` when it has none.
 *
 * @throws SEQ0513 when the name isn't one of a program, or the helper fails; SEQ0703 when it can't be started
 */
export async function askCredentialHelper(
  name: string,
  server: string,
  { env, signal }: { env: Readonly<NodeJS.ProcessEnv>; signal: AbortSignal },
): Promise<Credentials | undefined> {
  if (!namePattern.test(name)) {
    throw credentialHelperFailed({
      name,
      server,
      problem: 'its name may contain only letters, digits, dots, _ and -',
    });
  }
  const { exitCode, stdout } = await runProgram(`docker-credential-${name}`, ['get'], {
    env,
    signal,
    input: server,
    timeoutMs,
    outputLimit: 64 * 1024,
  });
  if (exitCode !== 0) {
    if (notFound.test(stdout)) return undefined;
    // Its output is not shown: it may contain a secret.
    throw credentialHelperFailed({
      name,
      server,
      problem: exitCode === undefined ? 'it did not end within 30 seconds' : `it ended with exit code ${exitCode}`,
    });
  }
  const answer = HelperAnswer.safeParse(valueOfJson(stdout));
  if (!answer.success)
    throw credentialHelperFailed({ name, server, problem: 'its answer has no Username or no Secret' });
  const { Username, Secret } = answer.data;
  return Username === '<token>' ? { identityToken: Secret } : { username: Username, password: Secret };
}
