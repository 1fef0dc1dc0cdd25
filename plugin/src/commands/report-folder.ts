/** Where a report is written by default, from the top of the workspace. @param mirrorRoot `.` for a mirror that is the workspace */
export function reportFolder(mirrorRoot: string): string {
  return ['dist', ...(mirrorRoot === '.' || mirrorRoot === '' ? [] : [mirrorRoot]), 'report'].join('/');
}
