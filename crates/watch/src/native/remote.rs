//! File systems on which others can write without notifying this machine's kernel.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// Linux's names of network file systems and of folders that a virtual machine shares with its
/// host.
const REMOTE: [&str; 16] = [
    "9p",
    "afs",
    "ceph",
    "cifs",
    "drvfs",
    "fuse.glusterfs",
    "fuse.grpcfuse",
    "fuse.rclone",
    "fuse.sshfs",
    "lustre",
    "nfs",
    "nfs4",
    "prl_fs",
    "smb3",
    "vboxsf",
    "virtiofs",
];

/// The type of the file system that holds `folder`, if a watch would miss what others write. Known
/// only on Linux: other systems refuse the watch or pass on the events they receive.
pub(super) fn file_system(folder: &Path) -> Option<String> {
    if !cfg!(target_os = "linux") {
        return None;
    }
    let mounts = std::fs::read_to_string("/proc/self/mountinfo").ok()?;
    let found = mounted(&mounts, folder)?;
    REMOTE.contains(&found).then(|| found.to_owned())
}

/// The file system type of the innermost mount that contains `folder`, from `mountinfo` (see
/// proc(5)): the fifth field is the mount point, and the type is the first field after a lone `-`.
/// If two mounts share a point, the later one is on top.
fn mounted<'a>(mountinfo: &'a str, folder: &Path) -> Option<&'a str> {
    let mounts = mountinfo.lines().filter_map(|line| {
        let (mount, file_system) = line.split_once(" - ")?;
        let point = unescape(mount.split(' ').nth(4)?);
        Some((point, file_system.split(' ').next()?))
    });
    mounts
        .filter(|(point, _)| folder.starts_with(point))
        .max_by_key(|(point, _)| point.components().count())
        .map(|(_, file_system)| file_system)
}

/// Decodes spaces, tabs, newlines and backslashes, which are written as `\` and three octal digits.
fn unescape(field: &str) -> PathBuf {
    let mut parts = field.split('\\');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let code = part.get(..3).and_then(|digits| u8::from_str_radix(digits, 8).ok());
        match (code, part.get(3..)) {
            (Some(code), Some(rest)) if code.is_ascii() => {
                text.push(char::from(code));
                text.push_str(rest);
            }
            _ => {
                text.push('\\');
                text.push_str(part);
            }
        }
    }
    PathBuf::from(OsString::from(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOUNTS: &str = "\
21 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
30 21 0:40 / /mnt/nas rw - nfs4 nas:/home rw
31 30 8:2 / /mnt/nas/local rw master:1 propagate_from:2 - xfs /dev/sdb1 rw
32 21 0:41 / /mnt/my\\040disk rw - fuse.sshfs host: rw
33 21 0:42 / /over rw - ext4 /dev/sdc1 rw
34 33 0:43 / /over rw - 9p share rw
broken line";

    #[track_caller]
    fn check(folder: &str, expected: &str) {
        assert_eq!(mounted(MOUNTS, Path::new(folder)), Some(expected), "{folder}");
    }

    #[test]
    fn the_innermost_mount_counts() {
        check("/srv/data", "ext4");
        check("/mnt/nas", "nfs4");
        check("/mnt/nas/project", "nfs4");
        check("/mnt/nasty", "ext4");
        check("/mnt/nas/local/project", "xfs");
        check("/mnt/my disk/project", "fuse.sshfs");
        check("/over/x", "9p");
        assert_eq!(mounted("", Path::new("/")), None);
    }
}
