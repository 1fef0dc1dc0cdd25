// Preloaded into every process of a run: notes each file that is loaded as code, as lines of process and path in the file
// that LOADED_FILES names.
const { appendFileSync } = require('node:fs');
const Module = require('node:module');

const load = Module._extensions['.js'];
Module._extensions['.js'] = (module, path) => {
  appendFileSync(process.env.LOADED_FILES, `${process.pid} ${path}\n`);
  return load(module, path);
};
