import type { Finding } from '../../system/errors';
import type { Positions } from '../../yaml/positions';
import { carriesCredentials } from '../credentials';
import { controlCharacter, credentialsInUrl } from '../errors';

// eslint-disable-next-line no-control-regex -- control characters are what this looks for
const control = /[\u0000-\u001f\u007f-\u009f]/;

/** Whether `unsafeTexts` would find any. */
export function hasUnsafeText(value: unknown): boolean {
  if (typeof value === 'string') return carriesCredentials(value) || control.test(value);
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).some(hasUnsafeText);
}

/** Texts that must not be in any value, wherever it stands: credentials, and control characters written as escapes. */
export function unsafeTexts(value: unknown, positions: Positions): readonly Finding[] {
  const findings: Finding[] = [];
  const look = (part: unknown, path: readonly PropertyKey[]): void => {
    if (typeof part === 'string') {
      if (carriesCredentials(part)) findings.push(credentialsInUrl({ at: positions.at(path) }));
      else if (control.test(part)) findings.push(controlCharacter({ at: positions.at(path), text: part }));
    } else if (Array.isArray(part)) {
      part.forEach((entry, index) => look(entry, [...path, index]));
    } else if (typeof part === 'object' && part !== null) {
      for (const [key, entry] of Object.entries(part)) look(entry, [...path, key]);
    }
  };
  look(value, []);
  return findings;
}
