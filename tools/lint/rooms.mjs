/**
 * The rooms of plugin/src in the order in which imports may go: down this list only. A row with more than one room is a row
 * of neighbours that do not import each other. docs/architecture.md says what each is for.
 */
export const rows = [
  ['index', 'nx', 'cli'],
  ['graph', 'generators', 'executors', 'uploader'],
  ['commands'],
  ['api'],
  ['report'],
  // Use cases.
  [
    'mirroring',
    'chain',
    'validation',
    'reissue',
    'adoption',
    'bundle',
    'upload',
    'sites',
    'export',
    'doctor',
    'info',
    'reporting',
  ],
  // What they stand on.
  ['volumes'],
  ['bundle-format'],
  ['mirror'],
  ['foreign'],
  ['engine'],
  ['push'],
  ['cluster-resources'],
  ['release', 'catalog', 'helm'],
  ['sequence'],
  ['imageset'],
  ['object-storage'],
  ['archive'],
  ['registry'],
  ['oci'],
  ['yaml'],
  ['system'],
];

/** Rooms that know Nx. */
export const nxRooms = ['index', 'nx', 'cli', 'graph', 'generators', 'executors', 'commands'];

/** Rooms that reach use cases through api.ts, and take no errors of other rooms. */
export const frontRooms = ['generators', 'executors', 'uploader'];

/**
 * What a front room enters by a use case's own file. The uploader is one file that travels on every medium and is read
 * by those who run it: api.ts would put every other use case into it (3.4 MB instead of 3.1).
 */
export const ownDoors = { uploader: ['upload/upload-bundle'] };

/** Subfolders whose files are entered from outside one by one: each is a program's or a generator's own. */
export const openFolders = ['generators', 'executors', 'report'];

export function rowOf(room) {
  return rows.findIndex((row) => row.includes(room));
}
