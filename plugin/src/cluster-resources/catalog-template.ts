/** The file that a catalog's targetCatalogSourceTemplate names: a CatalogSource without its name and its image. */
import { parseDocument } from 'yaml';
import { z } from 'zod';
import { catalogTemplateUnusable } from './errors';

// The rules of oc-mirror (internal/pkg/clusterresources/clusterresources.go, catalogSourceContentFromTemplate).
const CatalogTemplate = z.looseObject({
  apiVersion: z.literal('operators.coreos.com/v1alpha1'),
  kind: z.literal('CatalogSource'),
  metadata: z.looseObject({}).nullish(),
  spec: z
    .looseObject({
      sourceType: z.enum(['', 'grpc'], { error: 'must be grpc' }).nullish(),
      configMap: z.literal('', { error: 'must not be set' }).nullish(),
    })
    .nullish(),
});
export type CatalogTemplate = z.infer<typeof CatalogTemplate>;

/** @throws SEQ0651 if it is not a CatalogSource of the kind that is made here */
export function parseCatalogTemplate(text: string, file: string): CatalogTemplate {
  const document = parseDocument(text);
  const [broken] = document.errors;
  if (broken !== undefined) throw catalogTemplateUnusable({ file, problem: `it is not YAML (${broken.code})` });
  const { data, error } = CatalogTemplate.safeParse(document.toJS({ maxAliasCount: 100 }));
  if (data !== undefined) return data;
  const [issue] = error.issues;
  throw catalogTemplateUnusable({ file, problem: `${issue?.path.join('.') || 'it'}: ${issue?.message}` });
}
