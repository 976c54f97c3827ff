// Every text of the window in English, by the part of the window that shows it.
import { evaluation } from "./en/evaluation";
import { folders } from "./en/folders";
import { footer } from "./en/footer";
import { palette } from "./en/palette";
import { preview } from "./en/preview";
import { results } from "./en/results";
import { search } from "./en/search";
import { settings } from "./en/settings";
import { shared } from "./en/shared";
import { why } from "./en/why";
import { window } from "./en/window";

export const en = { evaluation, folders, footer, palette, preview, results, search, settings, shared, why, window };
