/* global expect */
// What each spec file does first: tells `expect` how to compare bytes. Jest compares them one by one, as properties of an
// object, which takes seconds for an archive.
const { Buffer } = require('node:buffer');

const areBytes = (value) => value instanceof Uint8Array;

expect.addEqualityTesters([
  (one, other) =>
    areBytes(one) && areBytes(other) && one.constructor === other.constructor
      ? Buffer.compare(one, other) === 0
      : undefined,
]);
