// Which files are images by their names.

const IMAGE = /\.(jpe?g|jpe|jfif|png|gif|bmp|dib|webp|tiff?|p[bgpn]m|avif|hei[cf]|jxl|jp2)$/i

/** Whether a file's name ends as that of an image, of a kind that is read or of one that is known and not read. */
export const isImageName = (name: string): boolean => IMAGE.test(name)
