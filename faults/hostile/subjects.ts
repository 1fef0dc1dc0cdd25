import { archiveSubjects, realArchives } from './archive-subjects';
import { foreignSubjects } from './foreign-subjects';
import { listingSubject } from './listing-subject';
import { misbehavingSubject } from './misbehaving-subject';
import { recordSubjects } from './record-subjects';
import type { Subject } from './subject';
import { writingSubjects } from './writing-subjects';

/** Everything that is given hostile input. `folder` is for archives that are made first, and is left empty. */
export async function allSubjects(folder: string): Promise<Subject[]> {
  const real = await realArchives(folder);
  return [
    ...archiveSubjects(real),
    ...recordSubjects(),
    ...foreignSubjects(),
    listingSubject,
    ...(await writingSubjects(real, folder)),
    misbehavingSubject,
  ];
}
