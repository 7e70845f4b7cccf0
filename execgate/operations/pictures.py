# ruff: noqa: E501 - a signature stands on one line; a temporary folder is what is named
"""Libraries for pictures, sound and film: Pillow, OpenCV, imageio, scikit-image."""

from __future__ import annotations

from execgate.operations.effects import (
    Accesses,
    Calls,
    Captures,
    Dynamic,
    Files,
    Native,
    Opens,
    Reaches,
    Spawns,
    Unlisted,
)
from execgate.operations.entry import Table, effect, nothing, read, returns, stat, write
from execgate.operations.shapes import downloads, opens, reads

IMAGE = "PIL.Image.Image"
CAPTURE = "cv2.VideoCapture"
VIDEO = "cv2.VideoWriter"
SCREEN = effect(Accesses("screen"))
SAMPLE = downloads("gitlab.com", "~/.cache/scikit-image")

TABLE: Table = {
    # Pillow
    "PIL.Image.open(fp, *args, **kwargs)": effect(Files("read", ("fp",)), gives=IMAGE),
    "PIL.Image.new(*args, **kwargs)": returns(IMAGE),
    "PIL.Image.fromarray(*args, **kwargs)": returns(IMAGE),
    "PIL.Image.frombytes(*args, **kwargs)": returns(IMAGE),
    "PIL.Image.frombuffer(*args, **kwargs)": returns(IMAGE),
    "PIL.Image.merge(*args, **kwargs)": returns(IMAGE),
    "PIL.Image.blend(*args, **kwargs)": returns(IMAGE),
    "PIL.Image.composite(*args, **kwargs)": returns(IMAGE),
    "PIL.Image.alpha_composite(*args, **kwargs)": returns(IMAGE),
    "PIL.Image.eval(*args, **kwargs)": returns(IMAGE),
    "PIL.Image.linear_gradient(*args, **kwargs)": returns(IMAGE),
    "PIL.Image.radial_gradient(*args, **kwargs)": returns(IMAGE),
    "PIL.Image.effect_noise(*args, **kwargs)": returns(IMAGE),
    "PIL.Image.Image.save(self, fp, *args, **params)": write("fp"),
    "PIL.Image.Image.show(self, *args, **kwargs)": effect(Spawns(None, fixed=("xdg-open",))),
    "PIL.Image.Image.convert(self, *args, **kwargs)": returns(IMAGE),
    "PIL.Image.Image.resize(self, *args, **kwargs)": returns(IMAGE),
    "PIL.Image.Image.crop(self, *args, **kwargs)": returns(IMAGE),
    "PIL.Image.Image.rotate(self, *args, **kwargs)": returns(IMAGE),
    "PIL.Image.Image.copy(self)": returns(IMAGE),
    "PIL.Image.Image.transpose(self, *args, **kwargs)": returns(IMAGE),
    "PIL.Image.Image.filter(self, *args, **kwargs)": returns(IMAGE),
    "PIL.Image.Image.reduce(self, *args, **kwargs)": returns(IMAGE),
    "PIL.Image.Image.quantize(self, *args, **kwargs)": returns(IMAGE),
    "PIL.Image.Image.transform(self, *args, **kwargs)": returns(IMAGE),
    "PIL.Image.Image.point(self, *args, **kwargs)": returns(IMAGE),
    "PIL.Image.Image.remap_palette(self, *args, **kwargs)": returns(IMAGE),
    "PIL.Image.Image.effect_spread(self, *args, **kwargs)": returns(IMAGE),
    "PIL.Image.Image.getchannel(self, *args, **kwargs)": returns(IMAGE),
    "PIL.ImageFile.ImageFile(fp, *args, **kwargs)": effect(Files("read", ("fp",)), gives=IMAGE),
    "PIL.ImageFont.truetype(font, *args, **kwargs)": read("font"),
    "PIL.ImageFont.FreeTypeFont(font, *args, **kwargs)": read("font"),
    "PIL.ImageFont.load(filename)": read("filename"),
    "PIL.ImageFont.load_path(filename)": read("filename"),
    "PIL.ImageFont.TransposedFont(*args, **kwargs)": nothing(),
    "PIL.ImageCms.ImageCmsProfile(profile)": read("profile"),
    "PIL.ImageCms.getOpenProfile(profileFilename)": read("profileFilename"),
    "PIL.ImageCms.profileToProfile(*args, **kwargs)": nothing(),
    "PIL.ImageCms.buildTransform(*args, **kwargs)": nothing(),
    "PIL.ImageDraw2.Font(color, file, *args, **kwargs)": read("file"),
    "PIL.ImageMath.eval(expression, _dict, **kw)": effect(Dynamic("eval", "expression")),
    "PIL.ImageMath.unsafe_eval(expression, **kw)": effect(Dynamic("eval", "expression")),
    "PIL.ImageMorph.LutBuilder(*args, **kwargs)": nothing(),
    "PIL.ImageMorph.MorphOp(*args, **kwargs)": returns("PIL.ImageMorph.MorphOp"),
    "PIL.ImageMorph.MorphOp.load_lut(self, filename)": read("filename"),
    "PIL.ImageMorph.MorphOp.save_lut(self, filename)": write("filename"),
    "PIL.ImagePalette.load(filename)": read("filename"),
    "PIL.ImagePalette.ImagePalette(*args, **kwargs)": returns("PIL.ImagePalette.ImagePalette"),
    "PIL.ImagePalette.ImagePalette.save(self, fp)": write("fp"),
    "PIL.ImageTk.PhotoImage(image, *args, file, **kwargs)": read("file"),
    "PIL.ImageTk.BitmapImage(image, *args, file, **kwargs)": read("file"),
    "PIL.ImageShow.*(*args, **kwargs)": effect(Unlisted("it starts programs that show pictures")),
    "PIL.ImageShow.show(*args, **options)": effect(Spawns(None, fixed=("xdg-open",))),
    "PIL.EpsImagePlugin.Ghostscript(*args, **kwargs)": effect(Spawns(None, fixed=("gs",))),
    "PIL.JpegImagePlugin.jpeg_factory(fp, filename)": effect(Files("read", ("fp",)), gives=IMAGE),
    "PIL.Image.Image.load_djpeg(self)": effect(Spawns(None, fixed=("djpeg",))),
    "PIL.EpsImagePlugin.has_ghostscript()": effect(Spawns(None, fixed=("gs",))),
    "PIL.FontFile.FontFile.save(self, filename)": write("filename"),
    "PIL.BdfFontFile.BdfFontFile(*args, **kwargs)": returns("PIL.FontFile.FontFile"),
    "PIL.PcfFontFile.PcfFontFile(fp, charset_encoding)": returns("PIL.FontFile.FontFile"),
    "PIL.GdImageFile.open(fp, *args, **kwargs)": effect(Files("read", ("fp",)), gives=IMAGE),
    "PIL.WalImageFile.open(filename)": effect(Files("read", ("filename",)), gives=IMAGE),
    "PIL.PdfParser.PdfParser(filename, f, buf, start_offset, mode)": effect(
        Opens("filename", "mode", default="rb")
    ),
    "PIL.TarIO.TarIO(tarfile, *args, **kwargs)": read("tarfile"),
    "PIL.SpiderImagePlugin.isSpiderImage(filename)": read("filename"),
    "PIL.SpiderImagePlugin.loadImageSeries(filelist)": read("filelist"),
    "PIL.TiffImagePlugin.AppendingTiffWriter(fn, *args, **kwargs)": effect(Files("write", ("fn",))),
    # OpenCV
    "cv2.imread(filename, *args, **kwargs)": read("filename"),
    "cv2.imreadmulti(filename, *args, **kwargs)": read("filename"),
    "cv2.imreadanimation(filename, *args, **kwargs)": read("filename"),
    "cv2.imreadWithMetadata(filename, *args, **kwargs)": read("filename"),
    "cv2.imcount(filename, *args, **kwargs)": read("filename"),
    "cv2.haveImageReader(filename, *args, **kwargs)": read("filename"),
    "cv2.imwrite(filename, *args, **kwargs)": write("filename"),
    "cv2.imwritemulti(filename, *args, **kwargs)": write("filename"),
    "cv2.imwriteanimation(filename, *args, **kwargs)": write("filename"),
    "cv2.imwriteWithMetadata(filename, *args, **kwargs)": write("filename"),
    "cv2.haveImageWriter(filename)": nothing(),
    "cv2.imshow(*args, **kwargs)": SCREEN,
    "cv2.namedWindow(*args, **kwargs)": SCREEN,
    "cv2.selectROI(*args, **kwargs)": SCREEN,
    "cv2.selectROIs(*args, **kwargs)": SCREEN,
    "cv2.VideoCapture(filename, *args, **kwargs)": effect(Captures("filename"), gives=CAPTURE),
    "cv2.VideoCapture.open(self, filename, *args, **kwargs)": effect(Captures("filename")),
    "cv2.VideoWriter(filename, *args, **kwargs)": effect(Files("write", ("filename",)), gives=VIDEO),
    "cv2.VideoWriter.open(self, filename, *args, **kwargs)": write("filename"),
    "cv2.FileStorage(filename, flags, encoding)": effect(
        Files("read", ("filename",)), Files("write", ("filename",)), gives="cv2.FileStorage"
    ),
    "cv2.FileStorage.open(self, filename, *args, **kwargs)": effect(
        Files("read", ("filename",)), Files("write", ("filename",))
    ),
    "cv2.SIFT_create(*args, **kwargs)": returns("cv2.Feature2D"),
    "cv2.ORB_create(*args, **kwargs)": returns("cv2.Feature2D"),
    "cv2.BRISK_create(*args, **kwargs)": returns("cv2.Feature2D"),
    "cv2.AKAZE_create(*args, **kwargs)": returns("cv2.Feature2D"),
    "cv2.KAZE_create(*args, **kwargs)": returns("cv2.Feature2D"),
    "cv2.FastFeatureDetector_create(*args, **kwargs)": returns("cv2.Feature2D"),
    "cv2.MSER_create(*args, **kwargs)": returns("cv2.Feature2D"),
    "cv2.SimpleBlobDetector_create(*args, **kwargs)": returns("cv2.Feature2D"),
    "cv2.GFTTDetector_create(*args, **kwargs)": returns("cv2.Feature2D"),
    "cv2.Feature2D.read(self, fileName)": read("fileName"),
    "cv2.Feature2D.write(self, fileName, *args)": write("fileName"),
    "cv2.BFMatcher(*args, **kwargs)": returns("cv2.DescriptorMatcher"),
    "cv2.FlannBasedMatcher(*args, **kwargs)": returns("cv2.DescriptorMatcher"),
    "cv2.DescriptorMatcher_create(*args, **kwargs)": returns("cv2.DescriptorMatcher"),
    "cv2.DescriptorMatcher.read(self, fileName)": read("fileName"),
    "cv2.DescriptorMatcher.write(self, fileName, *args)": write("fileName"),
    "cv2.flann_Index(*args, **kwargs)": returns("cv2.flann_Index"),
    "cv2.flann_Index.load(self, features, filename)": read("filename"),
    "cv2.flann_Index.save(self, filename)": write("filename"),
    "cv2.CascadeClassifier(filename)": effect(Files("read", ("filename",)), gives="cv2.CascadeClassifier"),
    "cv2.CascadeClassifier.load(self, filename)": read("filename"),
    "cv2.readOpticalFlow(path)": read("path"),
    "cv2.writeOpticalFlow(path, flow)": write("path"),
    "cv2.loadMesh(filename, *args, **kwargs)": read("filename"),
    "cv2.loadPointCloud(filename, *args, **kwargs)": read("filename"),
    "cv2.saveMesh(filename, *args, **kwargs)": write("filename"),
    "cv2.savePointCloud(filename, *args, **kwargs)": write("filename"),
    "cv2.dnn.readNet(model, config, framework, *args, **kwargs)": read("model", "config"),
    "cv2.dnn.readNetFromCaffe(prototxt, caffeModel, *args, **kwargs)": read("prototxt", "caffeModel"),
    "cv2.dnn.readNetFromDarknet(cfgFile, darknetModel)": read("cfgFile", "darknetModel"),
    "cv2.dnn.readNetFromONNX(onnxFile, *args, **kwargs)": read("onnxFile"),
    "cv2.dnn.readNetFromTensorflow(model, config, *args, **kwargs)": read("model", "config"),
    "cv2.dnn.readNetFromTorch(model, *args, **kwargs)": read("model"),
    "cv2.dnn.readTorchBlob(model, *args, **kwargs)": read("model"),
    "cv2.dnn.readNetFromTFLite(model, *args, **kwargs)": read("model"),
    "cv2.dnn.readNetFromModelOptimizer(xml, bin)": read("xml", "bin"),
    "cv2.dnn.readTensorFromONNX(path)": read("path"),
    "cv2.dnn_Net(*args)": returns("cv2.dnn_Net"),
    "cv2.dnn_Net.dumpToFile(self, path)": write("path"),
    "cv2.dnn_Net.dumpToPbtxt(self, path)": write("path"),
    "cv2.ANNIndex_create(*args)": returns("cv2.ANNIndex"),
    "cv2.ANNIndex.save(self, filename, *args)": write("filename"),
    "cv2.ANNIndex.setOnDiskBuild(self, filename)": write("filename"),
    "cv2.ANNIndex.load(self, filename, *args)": read("filename"),
    "cv2.dnn.writeTextGraph(model, output)": effect(Files("read", ("model",)), Files("write", ("output",))),
    "cv2.dnn.DetectionModel(model, config)": read("model", "config"),
    "cv2.dnn.ClassificationModel(model, config)": read("model", "config"),
    "cv2.dnn.SegmentationModel(model, config)": read("model", "config"),
    "cv2.dnn.TextDetectionModel_DB(model, config)": read("model", "config"),
    "cv2.dnn.TextRecognitionModel(model, config)": read("model", "config"),
    "cv2.dnn.KeypointsModel(model, config)": read("model", "config"),
    "cv2.dnn.Model(model, config)": read("model", "config"),
    "cv2.FaceDetectorYN_create(model, config, *args, **kwargs)": read("model", "config"),
    "cv2.FaceRecognizerSF_create(model, config, *args, **kwargs)": read("model", "config"),
    "cv2.ml.StatModel_load(filepath, *args, **kwargs)": read("filepath"),
    "cv2.ml.SVM_load(filepath, *args, **kwargs)": read("filepath"),
    "cv2.ml.ANN_MLP_load(filepath, *args, **kwargs)": read("filepath"),
    "cv2.ml.KNearest_load(filepath, *args, **kwargs)": read("filepath"),
    "cv2.ml.RTrees_load(filepath, *args, **kwargs)": read("filepath"),
    "cv2.ml.DTrees_load(filepath, *args, **kwargs)": read("filepath"),
    "cv2.ml.Boost_load(filepath, *args, **kwargs)": read("filepath"),
    "cv2.ml.LogisticRegression_load(filepath, *args, **kwargs)": read("filepath"),
    "cv2.ml.EM_load(filepath, *args, **kwargs)": read("filepath"),
    "cv2.ml.NormalBayesClassifier_load(filepath, *args, **kwargs)": read("filepath"),
    "cv2.samples.findFile(relative_path, *args, **kwargs)": stat("relative_path"),
    "cv2.samples.findFileOrKeep(relative_path, *args, **kwargs)": stat("relative_path"),
    # imageio
    "imageio.imread(uri, *args, **kwargs)": reads("uri"),
    "imageio.imread_v2(uri, *args, **kwargs)": reads("uri"),
    "imageio.mimread(uri, *args, **kwargs)": reads("uri"),
    "imageio.volread(uri, *args, **kwargs)": reads("uri"),
    "imageio.mvolread(uri, *args, **kwargs)": reads("uri"),
    "imageio.imopen(uri, io_mode, *args, **kwargs)": effect(Opens("uri", "io_mode", urls=True)),
    "imageio.imiter(uri, *args, **kwargs)": reads("uri"),
    "imageio.get_reader(uri, *args, **kwargs)": reads("uri"),
    "imageio.read(uri, *args, **kwargs)": reads("uri"),
    "imageio.imwrite(uri, *args, **kwargs)": effect(Files("write", ("uri",), urls=True)),
    "imageio.imsave(uri, *args, **kwargs)": effect(Files("write", ("uri",), urls=True)),
    "imageio.mimsave(uri, *args, **kwargs)": effect(Files("write", ("uri",), urls=True)),
    "imageio.mimwrite(uri, *args, **kwargs)": effect(Files("write", ("uri",), urls=True)),
    "imageio.volsave(uri, *args, **kwargs)": effect(Files("write", ("uri",), urls=True)),
    "imageio.volwrite(uri, *args, **kwargs)": effect(Files("write", ("uri",), urls=True)),
    "imageio.mvolsave(uri, *args, **kwargs)": effect(Files("write", ("uri",), urls=True)),
    "imageio.mvolwrite(uri, *args, **kwargs)": effect(Files("write", ("uri",), urls=True)),
    "imageio.get_writer(uri, *args, **kwargs)": effect(Files("write", ("uri",), urls=True)),
    "imageio.save(uri, *args, **kwargs)": effect(Files("write", ("uri",), urls=True)),
    "imageio.v2.imread(uri, *args, **kwargs)": reads("uri"),
    "imageio.v2.mimread(uri, *args, **kwargs)": reads("uri"),
    "imageio.v2.volread(uri, *args, **kwargs)": reads("uri"),
    "imageio.v2.mvolread(uri, *args, **kwargs)": reads("uri"),
    "imageio.v2.get_reader(uri, *args, **kwargs)": reads("uri"),
    "imageio.v2.imwrite(uri, *args, **kwargs)": effect(Files("write", ("uri",), urls=True)),
    "imageio.v2.imsave(uri, *args, **kwargs)": effect(Files("write", ("uri",), urls=True)),
    "imageio.v2.mimsave(uri, *args, **kwargs)": effect(Files("write", ("uri",), urls=True)),
    "imageio.v2.mimwrite(uri, *args, **kwargs)": effect(Files("write", ("uri",), urls=True)),
    "imageio.v2.volsave(uri, *args, **kwargs)": effect(Files("write", ("uri",), urls=True)),
    "imageio.v2.volwrite(uri, *args, **kwargs)": effect(Files("write", ("uri",), urls=True)),
    "imageio.v2.mvolsave(uri, *args, **kwargs)": effect(Files("write", ("uri",), urls=True)),
    "imageio.v2.mvolwrite(uri, *args, **kwargs)": effect(Files("write", ("uri",), urls=True)),
    "imageio.v2.get_writer(uri, *args, **kwargs)": effect(Files("write", ("uri",), urls=True)),
    "imageio.v3.imread(uri, *args, **kwargs)": reads("uri"),
    "imageio.v3.imiter(uri, *args, **kwargs)": reads("uri"),
    "imageio.v3.immeta(uri, *args, **kwargs)": reads("uri"),
    "imageio.v3.improps(uri, *args, **kwargs)": reads("uri"),
    "imageio.v3.imwrite(uri, *args, **kwargs)": opens("uri", None),
    "imageio.v3.imopen(uri, io_mode, *args, **kwargs)": effect(Opens("uri", "io_mode", urls=True)),
    "imageio.core.Request(uri, mode, *args, **kwargs)": effect(Opens("uri", "mode", urls=True)),
    "imageio.core.get_remote_file(fname, directory, *args, **kwargs)": effect(
        Reaches(fixed="github.com", scheme="https", method="GET"),
        Files("write", ("directory",), "~/.imageio"),
    ),
    "imageio.core.urlopen(url, *args, **kwargs)": effect(Reaches(url="url")),
    "imageio.core.load_lib(*args, **kwargs)": effect(Native("ctypes")),
    "imageio.plugins.*(*args, **kwargs)": effect(Unlisted("it is the inside of `imageio`")),
    # scikit-image
    "skimage.io.imread(fname, *args, **kwargs)": reads("fname"),
    "skimage.io.imsave(fname, *args, **kwargs)": write("fname"),
    "skimage.io.imread_collection(load_pattern, *args, **kwargs)": reads("load_pattern"),
    "skimage.io.MultiImage(filename, *args, **kwargs)": reads("filename"),
    "skimage.io.ImageCollection(load_pattern, *args, load_func, **kwargs)": effect(
        Files("read", ("load_pattern",), urls=True), Calls("load_func")
    ),
    "skimage.io.load_sift(f)": read("f"),
    "skimage.io.load_surf(f)": read("f"),
    "skimage.data.brain(*args)": SAMPLE,
    "skimage.data.cells3d(*args)": SAMPLE,
    "skimage.data.eagle(*args)": SAMPLE,
    "skimage.data.human_mitosis(*args)": SAMPLE,
    "skimage.data.kidney(*args)": SAMPLE,
    "skimage.data.lily(*args)": SAMPLE,
    "skimage.data.nickel_solidification(*args)": SAMPLE,
    "skimage.data.palisades_of_vogt(*args)": SAMPLE,
    "skimage.data.protein_transport(*args)": SAMPLE,
    "skimage.data.skin(*args)": SAMPLE,
    "skimage.data.stereo_motorcycle(*args)": SAMPLE,
    "skimage.data.vortex(*args)": SAMPLE,
    "skimage.data.download_all(directory)": effect(
        Reaches(fixed="gitlab.com", scheme="https", method="GET"),
        Files("write", ("directory",), "~/.cache/scikit-image"),
    ),
    "skimage.data.file_hash(fname, *args)": read("fname"),
    "skimage.util.lookfor(*args, **kwargs)": nothing(),
    # sound and text in pictures
    "soundfile.read(file, **kwargs)": read("file"),
    "soundfile.write(file, data, samplerate, **kwargs)": write("file"),
    "soundfile.SoundFile(file, mode, *args, **kwargs)": effect(Opens("file", "mode"), gives="io.File"),
    "soundfile.info(file, **kwargs)": read("file"),
    "librosa.load(path, **kwargs)": read("path"),
    "librosa.example(key, **kwargs)": effect(
        Reaches(fixed="librosa.org", scheme="https", method="GET"), Files("write", (), "~/.cache/librosa")
    ),
    "pydub.AudioSegment.from_file(file, *args, **kwargs)": effect(
        Files("read", ("file",)), Spawns(None, fixed=("ffmpeg",)), gives="pydub.AudioSegment"
    ),
    "pydub.AudioSegment.from_mp3(file, *args, **kwargs)": effect(
        Files("read", ("file",)), Spawns(None, fixed=("ffmpeg",)), gives="pydub.AudioSegment"
    ),
    "pydub.AudioSegment.from_wav(file, *args, **kwargs)": effect(
        Files("read", ("file",)), Spawns(None, fixed=("ffmpeg",)), gives="pydub.AudioSegment"
    ),
    "pydub.AudioSegment.from_ogg(file, *args, **kwargs)": effect(
        Files("read", ("file",)), Spawns(None, fixed=("ffmpeg",)), gives="pydub.AudioSegment"
    ),
    "pydub.AudioSegment.export(self, out_f, *args, **kwargs)": effect(
        Files("write", ("out_f",)), Spawns(None, fixed=("ffmpeg",))
    ),
    "pytesseract.image_to_string(image, *args, **kwargs)": effect(
        Files("read", ("image",)), Spawns(None, fixed=("tesseract",))
    ),
    "pytesseract.image_to_data(image, *args, **kwargs)": effect(
        Files("read", ("image",)), Spawns(None, fixed=("tesseract",))
    ),
    "pytesseract.image_to_boxes(image, *args, **kwargs)": effect(
        Files("read", ("image",)), Spawns(None, fixed=("tesseract",))
    ),
    "pytesseract.image_to_osd(image, *args, **kwargs)": effect(
        Files("read", ("image",)), Spawns(None, fixed=("tesseract",))
    ),
    "pytesseract.image_to_pdf_or_hocr(image, *args, **kwargs)": effect(
        Files("read", ("image",)), Spawns(None, fixed=("tesseract",))
    ),
    "easyocr.Reader(lang_list, *args, **kwargs)": effect(
        Reaches(fixed="github.com", scheme="https", method="GET"),
        Files("write", (), "~/.EasyOCR"),
        gives="easyocr.Reader",
    ),
    "easyocr.Reader.readtext(self, image, *args, **kwargs)": reads("image"),
    "moviepy.VideoFileClip(filename, *args, **kwargs)": effect(
        Files("read", ("filename",)), Spawns(None, fixed=("ffmpeg",)), gives="moviepy.Clip"
    ),
    "moviepy.Clip.write_videofile(self, filename, *args, **kwargs)": effect(
        Files("write", ("filename",)), Spawns(None, fixed=("ffmpeg",))
    ),
    "moviepy.Clip.write_gif(self, filename, *args, **kwargs)": effect(
        Files("write", ("filename",)), Spawns(None, fixed=("ffmpeg",))
    ),
    "moviepy.Clip.write_audiofile(self, filename, *args, **kwargs)": effect(
        Files("write", ("filename",)), Spawns(None, fixed=("ffmpeg",))
    ),
    "moviepy.Clip.save_frame(self, filename, *args, **kwargs)": effect(
        Files("write", ("filename",)), Spawns(None, fixed=("ffmpeg",))
    ),
    "qrcode.make(data, *args, **kwargs)": returns(IMAGE),
    "rembg.remove(data, *args, **kwargs)": effect(Reaches(fixed="github.com", scheme="https", method="GET")),
}

TABLE |= {
    f"PIL.{name}ImageFile(fp, filename)": effect(Files("read", ("fp",)), gives=IMAGE)
    for name in """
        AvifImagePlugin.Avif BlpImagePlugin.Blp BmpImagePlugin.Bmp BmpImagePlugin.Dib
        BufrStubImagePlugin.BufrStub CurImagePlugin.Cur DcxImagePlugin.Dcx DcxImagePlugin.Pcx PcxImagePlugin.Pcx
        DdsImagePlugin.Dds EpsImagePlugin.Eps FitsImagePlugin.Fits FliImagePlugin.Fli FtexImagePlugin.Ftex
        GbrImagePlugin.Gbr GdImageFile.Gd GifImagePlugin.Gif GribStubImagePlugin.GribStub
        Hdf5StubImagePlugin.HDF5Stub IcnsImagePlugin.Icns IcoImagePlugin.Ico ImImagePlugin.Im
        ImageFile.Stub ImtImagePlugin.Imt IptcImagePlugin.Iptc Jpeg2KImagePlugin.Jpeg2K JpegImagePlugin.Jpeg
        McIdasImagePlugin.McIdas MpegImagePlugin.Mpeg MpoImagePlugin.Mpo MspImagePlugin.Msp PcdImagePlugin.Pcd
        PixarImagePlugin.Pixar PngImagePlugin.Png PpmImagePlugin.Ppm PsdImagePlugin.Psd QoiImagePlugin.Qoi
        SgiImagePlugin.Sgi SpiderImagePlugin.Spider SunImagePlugin.Sun TgaImagePlugin.Tga TiffImagePlugin.Tiff
        WalImageFile.Wal WebPImagePlugin.WebP WmfImagePlugin.WmfStub XVThumbImagePlugin.XVThumb
        XbmImagePlugin.Xbm XpmImagePlugin.Xpm
    """.split()
}
