import { archiveSubjects, realArchives } from './archive-subjects';
import { foreignSubjects } from './foreign-subjects';
import { listingSubject } from './listing-subject';
import { misbehavingSubject } from './misbehaving-subject';
import { recordSubjects } from './record-subjects';
import type { Subject } from './subject';

/** Everything that is given hostile input. `folder` is for archives that are made first, and is left empty. */
export async function allSubjects(folder: string): Promise<Subject[]> {
  return [
    ...archiveSubjects(await realArchives(folder)),
    ...recordSubjects(),
    ...foreignSubjects(),
    listingSubject,
    misbehavingSubject,
  ];
}
