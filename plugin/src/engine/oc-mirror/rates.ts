import { ratesInWords } from '../../registry/rate';
import type { RegistrySettings } from '../../registry/settings';
import type { Progress } from '../../system/progress';

/** oc-mirror has no option for it, so nobody may rely on the limit. */
export function noteRatesNotKept({
  registries,
  progress,
}: {
  readonly registries: RegistrySettings;
  readonly progress: Progress;
}): void {
  for (const rate of ratesInWords(registries)) progress.note(`oc-mirror does not keep this limit: ${rate}`);
}
