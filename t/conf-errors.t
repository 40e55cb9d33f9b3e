#!/usr/bin/perl
# Transcript tier, no root: small configurations with something wrong in them:
# what exactly --check-config says, where, and with which exit status; and the
# like for warnings, which are none of an error's business.
use strict;
use warnings;
use File::Temp ();
use Test::More;

my $inftpd = ($ENV{abs_top_builddir} // 'build') . '/ftpd/inftpd';
my $dir = File::Temp->newdir;
mkdir "$dir/conf.d" or die "conf.d: $!";

sub put {
	my ($path, $text) = @_;

	open my $out, '>', "$dir/$path" or die "$path: $!";
	print $out $text;
	close $out or die "$path: $!";
}

# The status and all that is said, with the directory's name cut off.
sub check {
	my (@options) = @_;
	my $said = `$inftpd --config $dir @options 2>&1`;

	$said =~ s{\Q$dir\E/}{}g;
	return ($? >> 8, $said);
}

sub refuses {
	my ($text, $want) = @_;
	my ($status, $said);

	put('conf.d/a.conf', $text);
	($status, $said) = check('--check-config');
	(my $shown = $text) =~ s/([^ -~])/sprintf '\x%02x', ord $1/ge;
	$shown = substr($shown, 0, 50);
	is $said, "error: conf.d/a.conf:$want\n", "$shown: message";
	is $status, 2, "$shown: status";
}

sub accepts {
	my ($text, $want, $name) = @_;
	my ($status, $said);

	put('conf.d/a.conf', $text);
	($status, $said) = check('--check-config');
	is $said, $want eq '' ? "configuration ok\n"
	    : "${want}0 errors, 1 warning\n", $name;
	is $status, $want eq '' ? 0 : 1, "$name: status";
}

my $number = 'without leading 0';

# Names.
refuses("bogus=1\n",
    '1: bogus: unknown directive; inftpd.conf(5) names them all');
refuses("\n# a comment\nanonymous_enabl=YES\n",
    '3: anonymous_enabl: unknown directive; did you mean anonymous_enable?');
refuses("Write_Enable=YES\n",
    '1: Write_Enable: unknown directive; did you mean write_enable?');
refuses("write_enable=YES\nwrite_enable=YES\n",
    '2: write_enable: already set in line 1; once in a file');

# Lines.
refuses("write_enable\n",
    '1: write_enable: no \'=\' in the line; lines are option=value');
refuses("write_enable YES\n",
    '1: write_enable: no \'=\' in the line; lines are option=value');
my $nameless = "1: no name of a directive at the line's beginning; lines are " .
    'option=value, comments begin with #, and there are no sections';
refuses($_, $nameless)
    for "=YES\n", "; a comment\n", "// write_enable=YES\n", "[ftpd]\n";
refuses("ftpd_banner=a\tb\n",
    '1: ftpd_banner: a tab inside the value; write a space');
refuses("ftpd_banner=a\x01b\n",
    '1: control byte 0x01 at column 14; lines are text');
refuses("ftpd_banner=a\0b\n",
    '1: control byte 0x00 at column 14; lines are text, in UTF-8 and not ' .
    'UTF-16');
refuses("write_enable=NO\rlocal_umask=022\r", '1: control byte 0x0d at ' .
    'column 16; lines are text, and end in LF or CR LF');
my $beyond = 'it has bytes beyond ASCII, as of a no-break space or curly quotes';
refuses("write_enable=YES\xc2\xa0\n",
    "1: write_enable: \"YES\xc2\xa0\" won't do; YES or NO; $beyond");
refuses("write_enable=YES # no comment here\n",
    '1: write_enable: "YES # no comment here" won\'t do; YES or NO; ' .
    'a comment stands on a line of its own');
refuses("idle_session_timeout=#600\n", '1: idle_session_timeout: "#600" ' .
    "won't do; a whole number of seconds from 1 to 31536000, without " .
    'leading 0; a comment stands on a line of its own');
refuses("write_enable=\"YES\"\n", '1: write_enable: ""YES"" won\'t do; ' .
    'YES or NO; it is written without quotes');
refuses("anon_root='/srv/ftp'\n", "1: anon_root: \"'/srv/ftp'\" won't do; " .
    'an absolute path, at most 4095 bytes, or nothing; it is written ' .
    'without quotes');

# Values of each type.
refuses("write_enable=maybe\n",
    '1: write_enable: "maybe" won\'t do; YES or NO');
refuses("write_enable=\n", '1: write_enable: "" won\'t do; YES or NO');
refuses("listen_port=0\n", '1: listen_port: "0" won\'t do; ' .
    "a whole number from 1 to 65535, $number");
refuses("listen_port=65536\n", '1: listen_port: "65536" won\'t do; ' .
    "a whole number from 1 to 65535, $number");
refuses("listen_port=021\n", '1: listen_port: "021" won\'t do; ' .
    "a whole number from 1 to 65535, $number");
refuses("listen_port=-1\n", '1: listen_port: "-1" won\'t do; ' .
    "a whole number from 1 to 65535, $number");
refuses("listen_port=21 \t22\n",
    '1: listen_port: a tab inside the value; write a space');
refuses("idle_session_timeout=0\n", '1: idle_session_timeout: "0" won\'t ' .
    "do; a whole number of seconds from 1 to 31536000, $number");
refuses("idle_session_timeout=5m\n", '1: idle_session_timeout: "5m" won\'t ' .
    "do; a whole number of seconds from 1 to 31536000, $number");
refuses("anon_max_rate=2X\n", '1: anon_max_rate: "2X" won\'t do; a number ' .
    "of bytes from 0 to 9223372036854775807, $number; K, M, G or T may " .
    'follow it');
refuses("anon_max_rate=9000000T\n", '1: anon_max_rate: "9000000T" won\'t ' .
    "do; a number of bytes from 0 to 9223372036854775807, $number; K, M, G " .
    'or T may follow it');
refuses("local_umask=888\n", '1: local_umask: "888" won\'t do; ' .
    'an octal number from 0 to 0777');
refuses("local_umask=1000\n", '1: local_umask: "1000" won\'t do; ' .
    'an octal number from 0 to 0777');
refuses("anon_root=srv/ftp\n", '1: anon_root: "srv/ftp" won\'t do; ' .
    'an absolute path, at most 4095 bytes, or nothing');

# Places, refusals and contradictions.
refuses("password=\$6\$salt\$hash\n", '1: password: not in inftpd.conf or ' .
    'conf.d; it may stand in user.d/NAME.conf');
refuses("ftp_enable=NO\n", '1: ftp_enable: refused; FTP is all there is, ' .
    'disable the service to stop it');
refuses("http_enable=YES\n", '1: http_enable: refused; there is no HTTP in ' .
    'here, run a web server beside it');
refuses("pasv_max_port=4000\npasv_min_port=5000\n", '2: pasv_min_port: ' .
    '5000 is above pasv_max_port; at most 4000');
for my $none ("ssl_min_version=TLSv1.3\nssl_max_version=TLSv1.2\n",
    "ssl_tlsv1_2=NO\nssl_tlsv1_3=NO\n",
    "ssl_tlsv1_2=NO\nssl_max_version=TLSv1.2\n",
    "ssl_tlsv1_3=NO\nssl_min_version=TLSv1.3\n") {
	refuses("ssl_enable=YES\nrsa_cert_file=/x\n$none", '1: ssl_enable: no ' .
	    'version of TLS is left; mend ssl_min_version, ssl_max_version, ' .
	    'ssl_tlsv1_2 or ssl_tlsv1_3');
}
refuses("ssl_min_version=TLSv1.1\n", '1: ssl_min_version: not a version; ' .
    'TLSv1.2 or TLSv1.3');
refuses("chown_uploads=YES\n", '1: chown_uploads: uploads would belong to ' .
    'root; name another user in chown_username');

# A misspelt secret is not repeated.
refuses("passwrd \$6\$salt\$hash\n",
    '1: passwrd: no \'=\' in the line; lines are option=value');

# What is fine. (That nobody can log in would be worth a note.)
put('inftpd.conf', "anonymous_enable=YES\nanon_root=$dir\n");
accepts('', '', 'an empty file');
accepts(" write_enable = yes\t\r\n\r\n#x\nlisten=1", '',
    'blanks, CR LF, comments, and no end of the last line');
accepts("ftp_enable=YES\nhttp_enable=0\nbackground=no\n", '',
    'directives without effect, with the value that needs no words');
accepts("allow_writeable_chroot=YES\nlog_die=YES\n", '',
    'directives whose wish is always granted');
accepts("background=YES\n", 'warning: conf.d/a.conf:1: background: no ' .
    'effect; the listener stays in the foreground, let the service manager ' .
    "start it\n", 'a warning');
accepts("pam_service_name=vsftpd\n", 'warning: conf.d/a.conf:1: ' .
    'pam_service_name: no effect; there is no PAM; see userlist_file, ' .
    "check_shell and password= in user.d, and /etc/ftpusers\n",
    'another warning');

# Files that are none.
unlink "$dir/conf.d/a.conf";
mkdir "$dir/conf.d/a.conf" or die $!;
my ($status, $said) = check('--check-config');
is $said, "error: conf.d/a.conf: not a regular file; only those and links " .
    "to /dev/null may be here\n", 'a directory';
is $status, 2, 'a directory: status';
rmdir "$dir/conf.d/a.conf";

symlink 'nowhere', "$dir/conf.d/a.conf" or die $!;
($status, $said) = check('--check-config');
is $said, "error: conf.d/a.conf: a link to what is not there; remove it, or " .
    "have it lead to /dev/null\n", 'a link to nowhere: message';
is $status, 2, 'a link to nowhere: status';
unlink "$dir/conf.d/a.conf";

put('conf.d/a.conf', "#\n" x (512 * 1024) . "#\n");
($status, $said) = check('--check-config');
is $said, "error: conf.d/a.conf: larger than 1 MiB; no configuration is\n",
    'a huge file';
unlink "$dir/conf.d/a.conf";

put('inftpd.conf', "x\n");
($status, $said) = check('--check-config');
is $said, "error: inftpd.conf:1: x: no '=' in the line; lines are " .
    "option=value\n", 'the main file is read';
($status, $said) = check('--show-config');
is $status, 2, '--show-config fails likewise';
unlike $said, qr/^[a-z_]+=/m, 'and shows nothing of it';

# The command line.
$said = `$inftpd --instance a/b --check-config 2>&1`;
is $? >> 8, 2, 'an instance that is no name: status';
like $said, qr{^inftpd: --instance a/b: letters, digits and '-' only$}m,
    'an instance that is no name';
$said = `$inftpd --check-config more 2>&1`;
is $? >> 8, 2, 'an argument too many: status';
like $said, qr/^inftpd: more: not an option$/m, 'an argument too many';
$said = `$inftpd </dev/null 2>&1`;
is $? >> 8, 2, 'no connection: status';
like $said, qr/^inftpd: descriptor 0 is not a client's connection/m,
    'no connection';

done_testing;
