#!/usr/bin/perl
# Transcript tier, no root: inftpd-import. What it carries over is taken by
# --check-config and means the same; what it leaves out it tells.

use strict;
use warnings;

use FindBin;
use IPC::Open3;  # while it can be read: below it is nobody
use lib "$FindBin::Bin/lib";

use Inftpd::Test;
use Symbol qw(gensym);
use Test::More;

my $server = Inftpd::Test->new(users => {});
my $top = $server->dir('import');
my $from = "$top/vsftpd.conf";
mkdir "$top/to" or die "to: $!";
mkdir "$top/to/conf.d" or die "conf.d: $!";
my $to = "$top/to/conf.d/vsftpd.conf";

sub text {
	open my $in, '<', $_[0] or return undef;
	local $/;
	return scalar <$in>;
}

sub run {
	my (@words) = @_;
	my $pid = open3(my $in, my $out, my $err = gensym, @words);

	close $in;
	local $/;
	my ($said, $complaint) = (scalar <$out> // '', scalar <$err> // '');
	waitpid $pid, 0;
	return ($? >> 8, $said, $complaint);
}

sub import_text {
	my ($text, @options) = @_;

	Inftpd::Test::write_file($from, $text);
	return run(Inftpd::Test::tool('inftpd-import'), '--directory',
	    "$top/to/conf.d", @options, $from);
}

# The drop-in is a configuration; its values by name.
sub settings {
	my ($status, $said, $complaint) = run(Inftpd::Test::program(),
	    '--config', "$top/to", '--show-config');

	is($status, 0, 'the drop-in is a configuration') or diag($complaint);
	return map { /^(\w+)=(.*)$/ ? ($1, $2) : () } split /\n/, $said;
}

# --- a configuration that is carried over whole -------------------------------

my $plain = <<'END';
# Example config file
#
anonymous_enable=NO
local_enable=YES
write_enable=YES
local_umask=022
# Banner
ftpd_banner=Welcome = to blah FTP service.
pasv_min_port=40000
pasv_max_port=40100
END
my ($status, $said, $report) = import_text($plain);
is($status, 0, 'all is carried over');
is(text($to), "# Made by inftpd-import of $from.\n$plain",
    'each line as it was, comments too');
is((stat $to)[2] & 07777, 0644, 'mode');
my %is = settings();
is($is{local_umask}, '0022', 'a value');
is($is{ftpd_banner}, 'Welcome = to blah FTP service.', 'and another');
($status, undef, $report) = import_text("write_enable=NO\n");
is($status, 2, 'a drop-in that is there');
like($report, qr/File exists; --force/, 'is not replaced');
like(text($to), qr/write_enable=YES/, 'and is what it was');
($status) = import_text("write_enable=NO\n", '--force');
is($status, 0, 'but with --force');
%is = settings();
is($is{write_enable}, 'NO', 'it is');
my $before = text($to);
($status, $said) = import_text("write_enable=YES\n", '--print');
is($said, "# Made by inftpd-import of $from.\nwrite_enable=YES\n", '--print');
is(text($to), $before, 'writes nothing');
is(join(' ', glob "$top/to/conf.d/{*,.[a-z]*}"), $to, 'nothing is left behind');

# --- what is left out, and why ---------------------------------------------------

($status, undef, $report) = import_text(<<'END', '--force');
listen=YES
  seccomp_sandbox=NO
pam_service_name=vsftpd
nopriv_user=nobody
local_enable=YES
local_enable=NO
write_enable=YES 
END
is($status, 0, 'lines without an effect');
like($report, qr/vsftpd\.conf:2: left out: seccomp_sandbox: no effect; /,
    'are told with the reason');
like($report, qr/:3: left out: pam_service_name: no effect; /, 'each');
like($report, qr/:5: left out: said again in line 6/, 'the first of two');
like(text($to), qr/^# Left out: seccomp_sandbox: no effect; .*\n#  seccomp_sandbox=NO\n/m,
    'and stay as comments');
%is = settings();
is($is{local_enable}, 'NO', 'of two lines the last counts');
is($is{write_enable}, 'YES', 'a blank at the end does not matter');
like($report, qr/:1: left out: listen: a super-server listens/,
    'and so is what each session would log');
unlike(text($to), qr/^listen=/m, 'and does not now');

($status, undef, $report) = import_text("listen=NO\nlisten_ipv6=YES \n",
    '--force');
unlike($report, qr/listen:/, 'what says nothing stays');
like($report, qr/:2: left out: listen_ipv6: /, 'and the other does not');
like(text($to), qr/^listen=NO$/m, 'as it was');

($status, undef, $report) = import_text(<<'END', '--force');
dsa_cert_file=/etc/dsa.pem
no_such_directive=YES
write_enable=maybe
just words
idle_session_timeout=-1
ssl_enable=YES
pasv_min_port=50000
pasv_max_port=40000
xferlog_enable=YES
END
is($status, 1, 'lines that meant something');
like($report, qr/:1: left out: dsa_cert_file: refused; .*rsa_cert_file/,
    'refused');
like($report, qr/:2: left out: no_such_directive: unknown/, 'unknown');
like($report, qr/:3: left out: write_enable: "maybe" won't do; YES or NO/,
    'a bad value');
like($report, qr/:4: left out: .*no '='/, 'no directive');
like($report, qr/:5: left out: idle_session_timeout: .*whole number/,
    'out of range');
like($report, qr/:6: left out: ssl_enable: no certificate/,
    'a contradiction');
like($report, qr/:7: left out: pasv_min_port: 50000 is above/, 'and another');
%is = settings();
is($is{xferlog_enable}, 'YES', 'the rest is carried over');

# --- numbers ---------------------------------------------------------------------

($status, undef, $report) = import_text(<<'END', '--force');
local_umask=18
anon_umask=077
file_open_mode=0644
max_clients=010
max_per_ip=10
accept_timeout=0
END
is($status, 1, 'numbers');
like($report, qr/:1: changed: 18 is 022: .*decimal/, 'a decimal mask');
like($report, qr/:4: changed: 010 is 8: .*octal/, 'an octal number');
like($report, qr/:6: left out: accept_timeout/, 'and one that is too small');
%is = settings();
is("@is{qw(local_umask anon_umask file_open_mode max_clients max_per_ip)}",
    '0022 0077 0644 8 10', 'mean what they meant');

# --- files ------------------------------------------------------------------------

my $users = $server->dir('import/users');
Inftpd::Test::write_file("$users/ann", "write_enable=NO\n");
Inftpd::Test::write_file("$users/bob", "listen=YES\n");
Inftpd::Test::write_file("$top/list", "ann\n");
($status, undef, $report) = import_text(<<"END", '--force');
guest_enable=YES
userlist_enable=YES
userlist_file=$top/list
banner_file=$top/nowhere
email_password_file=$top/nowhere
user_config_dir=$users
user_sub_token=\$USER
local_root=/home/\$USER/ftp
END
is($status, 1, 'a drop-in of a user with an error');
like($report, qr/:3: userlist_file: is used where it is/, 'a list');
like($report, qr/:4: left out: banner_file: No such file/,
    'a banner that is not there');
unlike(text($to), qr/^banner_file/m, 'of which each session would tell');
like($report, qr/:5: email_password_file: No such file/,
    'another file that is not there');
unlike($report, qr/local_root/, 'a directory of each user is not looked for');
like($report, qr/^user_config_dir: ann$/m, 'a drop-in of a user');
like($report, qr{^user_config_dir: \Q$users\E/bob:1: listen: not in}m,
    'and the one with the error');
like($report, qr/inftpd-user import pairs/, 'what to do with pam_userdb');
($status, undef, $report) = import_text("user_config_dir=/nowhere\n",
    '--force');
like($report, qr{user_config_dir: /nowhere: No such file}, 'no directory');

# --- nothing to read or to write ---------------------------------------------------

my $tool = Inftpd::Test::tool('inftpd-import');
for my $words ([], ['a', 'b'], ['--nonsense', 'a'], ["$top/no.conf"],
    ['--directory', "$top/no", $from], ["$top/"]) {
	is((run($tool, @$words))[0], 2, "refused: @$words");
}
is((run($tool, '--help'))[0], 0, '--help');
($status, undef, $report) = import_text('');
is($status, 2, 'an empty file, but the drop-in is there');
($status) = import_text("\xff\xfe\0x\n" x 3, '--force');
is($status, 1, 'bytes that are no text');
settings();
$server->done;
done_testing;
