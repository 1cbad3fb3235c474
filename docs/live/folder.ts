/** What the folder of a visitor's files is called, in messages too. */
export const FOLDER = 'your files'
