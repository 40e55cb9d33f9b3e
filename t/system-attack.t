#!/usr/bin/perl
# Tier 3: an attacker who owns ftpd talks to the installed, set-uid helper:
# t/attack/forge says well-formed and malicious things, before and after login.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use File::Copy ();
use Inftpd::System;
use POSIX ();
use Test::More;

account('alice', uid => 1001);
account('bob', uid => 1002);
write_file('/etc/vsftpd.chroot_list', "alice\n");
configure(local_enable => 'YES', write_enable => 'YES',
    delay_failed_login => 1, max_login_fails => 3,
    chroot_list_enable => 'YES', chroot_list_file => '/etc/vsftpd.chroot_list');
write_file('/root/secret', "secret\n");
my $home = '/home/alice';
symlink '/etc/shadow', "$home/to-shadow";
symlink '/', "$home/to-root";
symlink '..', "$home/up";
POSIX::mkfifo("$home/fifo", 0600);
chown 1001, 1001, "$home/fifo";
write_file('/home/bob/x', 'x');
chown 1002, 1002, '/home/bob/x';

my $shadow = read_file('/etc/shadow');
# ftpd's user may be shut out of the way to the build directory.
File::Copy::copy(build_path('t/attack/forge'), '/tmp/forge') or die "forge: $!";
chmod 0755, '/tmp/forge';
my @lines = as_inftpd('/tmp/forge', helper_path());
cmp_ok(scalar @lines, '>', 50, 'the attacker came to the end');
like($_, qr/^ok - /, s/^(?:not )?ok - //r) for @lines;
is(read_file('/etc/shadow'), $shadow, '/etc/shadow is as it was');
ok(!-e '/tmp/mine' && !-e '/home/made', 'nothing is outside');
done_testing;
