// What Jest's `--filter` asks: which of its specs are in the circle that SEQMIRROR_CIRCLE names.
const { relative, sep } = require('node:path');
const { circles } = require('./circles.cjs');

const root = `${__dirname}/../..`;

module.exports = (paths) => {
  const isInCircle = circles[process.env.SEQMIRROR_CIRCLE];
  return { filtered: paths.filter((path) => isInCircle(relative(root, path).split(sep).join('/'))) };
};
