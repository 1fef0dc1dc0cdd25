import type { Position } from '../system/errors';
import type { Place } from './placed-value';

/** Where in the file the parts of a configuration are written; of the nearest parent where a path leads nowhere. */
export interface Positions {
  readonly place: Place;
  at(path: readonly PropertyKey[]): Position;
  /** Of the key rather than its value. */
  atKey(path: readonly PropertyKey[]): Position;
}
