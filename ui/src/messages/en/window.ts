// The window around the panels.
export const window = {
  drop: "Drop to add the folder",
  facetsWidth: "Width of the filters",
  resultsWidth: "Width of the results",
  untouched: "Your folders are untouched.",

  editorFailed: "The editor did not open",
  hitsFailed: "The other hits cannot be shown",
};
