# policy: data_agent
import numpy as np
from skimage import color, exposure, filters, io, measure, morphology

image = io.imread("cells.tif")
gray = color.rgb2gray(image) if image.ndim == 3 else image
stretched = exposure.rescale_intensity(gray)
mask = stretched > filters.threshold_otsu(stretched)
mask = morphology.remove_small_objects(mask, 64)
labels = measure.label(mask)
regions = measure.regionprops_table(labels, gray, properties=("label", "area", "mean_intensity"))

io.imsave("mask.png", (mask * 255).astype(np.uint8))
np.savetxt("regions.csv", np.column_stack(list(regions.values())), delimiter=",", header=",".join(regions))
print(labels.max(), "cells")
