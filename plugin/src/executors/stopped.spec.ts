import type { ExecutorContext, ProjectConfiguration } from '@nx/devkit';
import { withRun } from './run-executor';
import { Stopped, stoppedInWords } from './stopped';

const projects: Record<string, ProjectConfiguration> = {
  mirror: { root: 'mirror', name: 'mirror', targets: { seq3: { executor: 'nx:noop' } } },
  'mirror-seq3': { root: 'mirror/content/seq3-next', name: 'mirror-seq3' },
};

const contextOf = (sequence: string, rest: Partial<ExecutorContext> = {}): ExecutorContext => ({
  root: '/w',
  cwd: '/w',
  isVerbose: false,
  projectName: 'mirror-seq3',
  targetName: 'mirror',
  target: { executor: 'seqmirror:mirror', options: { sequence } },
  projectsConfigurations: { version: 2, projects },
  nxJsonConfiguration: {},
  projectGraph: { nodes: {}, dependencies: {} },
  ...rest,
});

describe('stoppedInWords', () => {
  it('says what continues the work of a sequence by its short name', () => {
    expect(stoppedInWords(new Stopped('SIGINT'), contextOf('mirror/content/seq3-next'))).toBe(
      'Stopped (SIGINT). seqmirror keeps what it has downloaded. To continue: nx run mirror:seq3',
    );
  });

  it('names the task where there is no short name', () => {
    expect(stoppedInWords(new Stopped('SIGTERM'), contextOf('mirror/content/seq4-rival'))).toContain(
      'To continue: nx run mirror-seq3:mirror',
    );
  });

  it('repeats what was typed to the program, with its options', () => {
    const context = { ...contextOf('mirror/content/seq3-next'), typed: ['prune', '--keep=1', '--to=/media/old disk'] };
    expect(stoppedInWords(new Stopped('SIGINT'), context)).toContain(
      "To continue: npx seqmirror prune --keep=1 '--to=/media/old disk'",
    );
  });

  it('keeps the target of every other command', () => {
    const context = contextOf('mirror/content/seq3-next', {
      targetName: 'bundle',
      target: { executor: 'seqmirror:bundle', options: { sequence: 'mirror/content/seq3-next' } },
    });
    expect(stoppedInWords(new Stopped('SIGINT'), context)).toContain('To continue: nx run mirror-seq3:bundle');
  });
});

describe('withRun', () => {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const counts = () => signals.map((signal) => process.listenerCount(signal));
  const context = { ...contextOf('mirror/content/seq3-next'), isQuiet: true };

  it('listens to signals only while it works', async () => {
    const before = counts();
    await withRun(context, async () => expect(counts()).toEqual(before.map((count) => count + 1)));
    expect(counts()).toEqual(before);
  });

  it('survives the signal that Nx sends after Ctrl-C, until the last words are written', async () => {
    const before = counts();
    const stopped = withRun(context, async ({ signal }) => {
      process.emit('SIGINT', 'SIGINT');
      signal.throwIfAborted();
    });
    await expect(stopped).rejects.toBeInstanceOf(Stopped);
    expect(counts()).toEqual(before.map((count) => count + 1));
  });
});
