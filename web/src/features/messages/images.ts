/** Images whose data is in the text itself. SVG is not among them: it is a document of its own. */
export const inlineImage = /^data:image\/(?:png|jpe?g|gif|webp|avif);base64,[a-z0-9+/=\s]+$/i;
