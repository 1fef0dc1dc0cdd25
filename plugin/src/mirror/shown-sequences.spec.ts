import { requireSettings } from './settings';
import { shownSequencesIn } from './shown-sequences';

const head = 'schema: seqmirror/v1\nid: a\n';

describe('shownSequencesIn', () => {
  it.each([
    'graph:\n  show: all\n',
    'graph:\n  show: 100 # a decade\nengine: auto\n',
    'graph: # of Nx\n\n  # how many\n  show: "all"\n',
    '"graph":\r\n    "show": 3\r\n',
    'graph: { show: all }\n',
    "graph: {show: 'all'} # each\n",
    'graph: { show: 12 }',
    'graph: {}\n',
    'engine: auto\n',
    '# graph:\n#   show: 3\n',
    'ocMirror:\n  slim: true\ngraph:\n  show: 7',
  ])('reads %j as the settings do', (text) => {
    const { graph } = requireSettings(head + text, 'seqmirror.yaml');
    expect(shownSequencesIn(head + text)).toBe(graph?.show ?? 24);
  });

  it.each(['graph:\n  show: none\n', 'graph:\n  show: 0\n', 'show: 3\n', 'graph:\nshow: 3\n', '{{{', ''])(
    'takes the default where %j breaks a rule',
    (text) => {
      expect(() => requireSettings(head + text + (text === '' ? 'oops: 1' : ''), 'seqmirror.yaml')).toThrow('SEQ0170');
      expect(shownSequencesIn(text)).toBe(24);
    },
  );
});
