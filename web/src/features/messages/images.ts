/** Matches data URLs of images. SVG is excluded, because it is a document that can contain more than an image. */
export const inlineImage = /^data:image\/(?:png|jpe?g|gif|webp|avif);base64,[a-z0-9+/=\s]+$/i;
