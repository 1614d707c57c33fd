/** Endings shared by the image networks. */
import { type FeatureMap, flattened, type LayerList } from "./layer-list.ts"

/** Global average pooling and one fully connected layer with bias. */
export const pooledClassifier = (list: LayerList, id: string, map: FeatureMap, classes: number): void => {
  list.biasedLinear(id, flattened(list.adaptiveAvgPool("avgpool", map, 1)), classes)
}
