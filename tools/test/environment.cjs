// Where plugin's specs run: as Jest's own for Node, but in unit specs nothing listens, connects or starts a program. A spec
// that tries fails, even where the code that it tests takes the error for an answer.
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

module.exports = class PluginEnvironment extends NodeEnvironment {
  constructor(config, context) {
    super(config, context);
    const { root = `${__dirname}/../..` } = config.projectConfig.testEnvironmentOptions;
    this.path = relative(root, context.testPath).split(sep).join('/');
    this.tried = undefined;
    this.reopen = [];
  }

  async setup() {
    await super.setup();
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
    await super.teardown();
    if (this.tried !== undefined) throw this.tried;
  }
};
