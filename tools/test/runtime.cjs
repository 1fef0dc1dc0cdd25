// How specs load modules: as Jest's own runtime does, but what a worker has found, read and compiled it keeps for its next
// spec file. Jest does all of that once for each, and many load five hundred modules of ours: it was a quarter of the time
// of `npm test`. Spec files are as apart as before: each runs all its modules in a context of its own.
const { createRequire } = require('node:module');
const vm = require('node:vm');

// The one that Jest takes by itself, wherever npm has put it.
const core = createRequire(require.resolve('jest')).resolve('@jest/core');
const { default: Runtime } = createRequire(core)('jest-runtime');

const places = new Map();
const transformed = new Map();
const compiled = new Map();

module.exports = class KeepingRuntime extends Runtime {
  constructor(...args) {
    super(...args);
    const { watch, watchAll, collectCoverage } = args.at(-1);
    // Files change while Jest watches, and coverage is written into them. Where Node has modules in contexts, `import()` of a
    // compiled script asks the runtime that compiled it; where it has none, all of them are refused alike.
    this.keeps = !watch && !watchAll && !collectCoverage && vm.SyntheticModule === undefined;
  }

  requireModuleOrMock(from, name) {
    if (!this.keeps || this._explicitShouldMock.size > 0 || this._isolatedModuleRegistry) {
      return super.requireModuleOrMock(from, name);
    }
    let fromHere = places.get(from);
    if (fromHere === undefined) places.set(from, (fromHere = new Map()));
    const place = fromHere.get(name);
    const module = place && this._moduleRegistry.get(place);
    if (module) return module.exports;
    const exports = super.requireModuleOrMock(from, name);
    if (!place && name !== '@jest/globals' && !this._resolver.isCoreModule(name)) {
      fromHere.set(name, this._resolveCjsModule(from, name));
    }
    return exports;
  }

  transformFile(filename, options) {
    if (!this.keeps) return super.transformFile(filename, options);
    // Jest's own modules are run as they are.
    const key = options?.isInternalModule ? `as it is: ${filename}` : filename;
    const known = transformed.get(key);
    if (known === undefined) {
      const code = super.transformFile(filename, options);
      const result = this._fileTransforms.get(filename);
      transformed.set(key, { code, result, sourceMap: this._sourceMapRegistry.get(filename) });
      return code;
    }
    if (known.result) this._fileTransforms.set(filename, known.result);
    if (known.sourceMap) this._sourceMapRegistry.set(filename, known.sourceMap);
    return known.code;
  }

  createScriptFromCode(code, filename) {
    const context = this._environment.getVmContext();
    if (!this.keeps || context === null) return super.createScriptFromCode(code, filename);
    let known = compiled.get(filename);
    if (known?.code !== code) {
      const start = `(function (${this.constructInjectedModuleParameters().join(', ')}) {`;
      try {
        known = { code, script: new vm.Script(`${start}${code}\n})`, { filename, columnOffset: -start.length }) };
      } catch {
        // Jest says where a syntax error is.
        return super.createScriptFromCode(code, filename);
      }
      compiled.set(filename, known);
    }
    return known.script.runInContext(context);
  }
};
