// Where specs run: as Jest's own for Node, but in plugin's unit specs nothing listens, connects or starts a program. A spec
// that tries fails, even where the code that it tests takes the error for an answer.
//
// And each spec file switches off what Jest leaves on: the name of the test that runs is in an AsyncLocalStorage, a new one
// for each file, and Node (before 24) makes every promise go through all that were ever used. A worker's last files took
// three times as long as its first.
const { AsyncLocalStorage } = require('node:async_hooks');
const childProcess = require('node:child_process');
const { createRequire } = require('node:module');
const net = require('node:net');
const { relative, sep } = require('node:path');
const { isUnit } = require('./circles.cjs');

// The one that Jest takes by itself, wherever npm has put it.
const core = createRequire(require.resolve('jest')).resolve('@jest/core');
const { TestEnvironment: NodeEnvironment } = createRequire(core)('jest-environment-node');

const doors = [
  { of: net.Server.prototype, name: 'listen', what: 'starts a server' },
  { of: net.Socket.prototype, name: 'connect', what: 'opens a connection' },
  { of: childProcess.ChildProcess.prototype, name: 'spawn', what: 'starts a program' },
  { of: childProcess, name: 'spawnSync', what: 'starts a program' },
  { of: childProcess, name: 'execFileSync', what: 'starts a program' },
  { of: childProcess, name: 'execSync', what: 'starts a program' },
];

/** Returns a function that disables every storage that has been used since. */
function watchStorages() {
  const { run } = AsyncLocalStorage.prototype;
  const used = new Set();
  AsyncLocalStorage.prototype.run = function (...args) {
    used.add(this);
    return run.apply(this, args);
  };
  return () => {
    AsyncLocalStorage.prototype.run = run;
    for (const storage of used) storage.disable();
  };
}

module.exports = class SpecEnvironment extends NodeEnvironment {
  constructor(config, context) {
    super(config, context);
    const { root = `${__dirname}/../..` } = config.projectConfig.testEnvironmentOptions;
    this.path = relative(root, context.testPath).split(sep).join('/');
    this.tried = undefined;
    this.reopen = [];
  }

  async setup() {
    await super.setup();
    this.disableStorages = watchStorages();
    if (!isUnit(this.path)) return;
    for (const { of, name, what } of doors) {
      const real = of[name];
      of[name] = () => {
        this.tried = new Error(`${this.path} ${what}; a spec that does so in a unit room is called *.judged.spec.ts`);
        throw this.tried;
      };
      // A worker runs other specs after this one.
      this.reopen.push(() => (of[name] = real));
    }
  }

  async teardown() {
    for (const open of this.reopen) open();
    this.disableStorages();
    await super.teardown();
    if (this.tried !== undefined) throw this.tried;
  }
};
