/** ESLint rules that keep the borders between the rooms of plugin/src, and its files free of import cycles. */
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { frontRooms, openFolders, ownDoors, rowOf } from './rooms.mjs';

const isTest = (file) => /\.(spec|fixture)\.ts$/.test(file);

/** The path of a file of plugin/src from there, with forward slashes and without `.ts`; `undefined` for others. */
function placeOf(file, source) {
  const path = relative(source, file).split(sep).join('/').replace(/\.ts$/, '');
  return path.startsWith('..') ? undefined : path;
}

/** The file that a relative import names. */
function importedFile(from, specifier) {
  if (!specifier.startsWith('.')) return undefined;
  const path = resolve(dirname(from), specifier);
  return [`${path}.ts`, join(path, 'index.ts')].find((file) => existsSync(file));
}

/**
 * Why one place may not import the other, or `undefined` where it may.
 *
 * @param from a path in plugin/src, without `.ts`: `bundle/write/journal`
 * @param to the same
 */
export function objectionTo(from, to) {
  const [fromRoom, ...fromPath] = from.split('/');
  const [toRoom, ...toPath] = to.split('/');
  if (fromRoom !== toRoom) {
    const [fromRow, toRow] = [rowOf(fromRoom), rowOf(toRoom)];
    if (fromRow < 0) return `${fromRoom} has no row in tools/lint/rooms.mjs`;
    if (toRow < 0) return `${toRoom} has no row in tools/lint/rooms.mjs`;
    if (toRow <= fromRow) return `${fromRoom} may import only from rooms below it in tools/lint/rooms.mjs`;
    if (frontRooms.includes(fromRoom) && /(^|-)errors$/.test(toPath.at(-1)) && toRoom !== 'system')
      return `${fromRoom} has its own words: errors of other rooms stay there`;
    const hasOwnDoor = ownDoors[fromRoom]?.includes(to) === true;
    if (frontRooms.includes(fromRoom) && !hasOwnDoor && rowOf('mirroring') === toRow)
      return `${fromRoom} reaches use cases through api.ts`;
  }
  // A folder within a room has one door: the file of its name.
  const folders = toPath.slice(0, -1);
  for (const [index, folder] of folders.entries()) {
    const within =
      fromRoom === toRoom &&
      folders.slice(0, index + 1).every((name, at) => fromPath[at] === name && at < fromPath.length - 1);
    const isDoor = toPath.at(-1) === folder && index === folders.length - 1;
    if (!within && !isDoor && !openFolders.includes(toRoom)) {
      const door = [toRoom, ...folders.slice(0, index + 1), folder].join('/');
      return `what others may use of ${[toRoom, ...folders.slice(0, index + 1)].join('/')}/ is in ${door}.ts`;
    }
  }
  return undefined;
}

function rule(description, create) {
  return { meta: { type: 'problem', docs: { description }, schema: [{ type: 'object' }] }, create };
}

function onImports(check) {
  return {
    ImportDeclaration: (node) => check(node, node.source.value),
    ExportNamedDeclaration: (node) => node.source && check(node, node.source.value),
    ExportAllDeclaration: (node) => check(node, node.source.value),
    ImportExpression: (node) => typeof node.source.value === 'string' && check(node, node.source.value),
    TSImportType: (node) => typeof node.source?.value === 'string' && check(node, node.source.value),
  };
}

const rooms = rule('Imports go down the list of rooms', (context) => {
  const source = resolve(context.options[0].source);
  const from = placeOf(context.filename, source);
  if (from === undefined || isTest(context.filename)) return {};
  return onImports((node, specifier) => {
    const file = importedFile(context.filename, specifier);
    const to = file === undefined ? undefined : placeOf(file, source);
    const message = to === undefined ? undefined : objectionTo(from, to);
    if (message !== undefined) context.report({ node, message });
  });
});

const graphs = new Map();

/** Which file of a folder imports which, types included. Read once a process: ESLint goes through all files in one. */
function importGraph(source) {
  const known = graphs.get(source);
  if (known !== undefined) return known;
  const graph = new Map();
  const visit = (folder) => {
    for (const name of readdirSync(folder)) {
      const path = join(folder, name);
      if (statSync(path).isDirectory()) visit(path);
      else if (path.endsWith('.ts') && !isTest(path)) {
        const specifiers = [...readFileSync(path, 'utf8').matchAll(/(?:\bfrom|\bimport\()\s*'(\.[^']+)'/g)];
        graph.set(path, specifiers.map(([, specifier]) => importedFile(path, specifier)).filter(Boolean));
      }
    }
  };
  visit(source);
  graphs.set(source, graph);
  return graph;
}

/** The shortest way back to a file by imports, or `undefined`. */
function cycleFrom(graph, start, first) {
  const cameFrom = new Map([[first, start]]);
  const queue = [first];
  for (const file of queue) {
    if (file === start) break;
    for (const next of graph.get(file) ?? []) {
      if (cameFrom.has(next)) continue;
      cameFrom.set(next, file);
      queue.push(next);
    }
  }
  if (!cameFrom.has(start)) return undefined;
  const way = [start];
  for (let file = cameFrom.get(start); file !== start; file = cameFrom.get(file)) way.unshift(file);
  return [start, ...way];
}

const noCycle = rule('No file imports itself by way of others', (context) => {
  const source = resolve(context.options[0].source);
  if (placeOf(context.filename, source) === undefined || isTest(context.filename)) return {};
  return onImports((node, specifier) => {
    const file = importedFile(context.filename, specifier);
    const way = file === undefined ? undefined : cycleFrom(importGraph(source), context.filename, file);
    if (way !== undefined)
      context.report({ node, message: `import cycle: ${way.map((each) => placeOf(each, source)).join(' → ')}` });
  });
});

export default { rules: { rooms, 'no-cycle': noCycle } };
