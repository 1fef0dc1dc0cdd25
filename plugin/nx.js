/**
 * In this repository Nx takes this file where executors.json says dist/nx, and index.js by the build target's `main` in
 * project.json: they load plugin/src as it is now. Neither is in the npm package.
 */
module.exports = require('../tools/build/compiled.cjs').compiled('nx');
