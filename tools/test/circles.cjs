// Which specs are in which circle: `npm run test:unit`, `npm test`, `npm run test:all`, and what the last has more than the
// second. Each circle is a question about a spec's path from the repository's top.

// Specs that need the real oc-mirror, and minutes, are called `*.oc-mirror.spec.ts`; only `test:all` has them.
const needsOcMirror = (path) => path.endsWith('.oc-mirror.spec.ts');
// Those that look at pages in Chromium take half a minute.
const needsChromium = (path) => path.endsWith('.chromium.spec.ts');

// Rooms of plugin/src that need neither a server nor another program, and so do their specs. A spec of theirs that has
// another program or a server as its judge is called `*.judged.spec.ts`.
const unitRooms = [
  'archive',
  'bundle-format',
  'catalog',
  'cluster-resources',
  'graph',
  'imageset',
  'mirror',
  'oci',
  'release',
  'report',
  'sequence',
  'system',
  'yaml',
];

const inUnitRooms = new RegExp(`^plugin/src/(?:${unitRooms.join('|')})/`);

// Specs that kill a run at each of its changes are called `crash.spec.ts`; they take too long for every save.
const isUnit = (path) =>
  inUnitRooms.test(path) &&
  !path.endsWith('.judged.spec.ts') &&
  !path.endsWith('/crash.spec.ts') &&
  !needsOcMirror(path) &&
  !needsChromium(path);
// Links and commands of README.md and docs/ are read in a few seconds.
const isPluginOrJourney = (path) =>
  (path.startsWith('plugin/') && !needsOcMirror(path) && !needsChromium(path)) ||
  path.startsWith('e2e/journey/') ||
  path === 'tools/docs/pages.spec.ts';

module.exports = {
  isUnit,
  circles: {
    unit: isUnit,
    test: isPluginOrJourney,
    rest: (path) => !isPluginOrJourney(path),
    all: () => true,
  },
};
