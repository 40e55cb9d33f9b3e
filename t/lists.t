#!/usr/bin/perl
# Transcript tier, no root: files that the configuration names, as people write
# them: lists of users and passwords, banners and messages, lists of commands.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";

use Inftpd::Test;
use Test::More;

my $dir = File::Temp->newdir(TMPDIR => 1);
my $list = "$dir/list";
my $server = Inftpd::Test->new(users => { alice => {}, bob => {} });

sub write_list { Inftpd::Test::write_file($list, $_[0]) }

# The answers to USER, and to PASS where that was asked for; and the log.
sub answers {
	my ($user, $password) = @_;
	my $c = $server->connect;
	my ($code) = $c->cmd("USER $user");
	($code) = $c->cmd('PASS ' . ($password // 'secret')) if $code eq 331;
	my $log = $c->log;
	$c->quit;
	return wantarray ? ($code, $log) : $code;
}

# --- lists --------------------------------------------------------------------

# Contents, and whether "alice" is listed in them.
my @contents = (
	["alice\n", 1], ["bob\nalice\n", 1], ['alice', 1], ["bob\nalice", 1],
	["alice\r\n", 1], ["bob\r\nalice\r\n", 1], ["bob\r\nalice", 1],
	["  alice \t\n", 1], ["\talice\n", 1], ["\n\nalice\n\n", 1],
	["# users\nalice\n", 1], ["\xef\xbb\xbfalice\n", 1],
	["\xef\xbb\xbf# users\r\nalice\r\n", 1], ["alice\r", 1],
	["alice\nalice\n", 1], ['x' x 100000 . "\nalice\n", 1],
	['', 0], ["\n", 0], ["#alice\n", 0], [" # alice\n", 0], ["alice bob\n", 0],
	["Alice\n", 0], ["alic\n", 0], ["alicex\n", 0], ["xalice\n", 0],
	["alice,bob\n", 0], ["alice#\n", 0], ["\xe4lice\n", 0],
	["\xef\xbb\xbf", 0], ["user\n" x 200000, 0],
);
for my $case (@contents) {
	my ($text, $is_in) = @$case;
	my $name = length $text > 40 ? length($text) . ' bytes'
	    : $text =~ s/([^ -~])/sprintf '\x%02x', ord $1/ger;

	write_list($text);
	for my $deny ('YES', 'NO') {
		$server->write_conf('conf.d/a.conf', { userlist_enable => 'YES',
		    userlist_file => $list, userlist_deny => $deny });
		is(scalar answers('alice'), $is_in == ($deny eq 'YES') ? 530 : 230,
		    "userlist_deny=$deny: $name");
	}
	$server->write_conf('conf.d/a.conf', { deny_email_enable => 'YES',
	    banned_email_file => $list });
	is(scalar answers('ftp', 'alice'), $is_in ? 530 : 230, 'banned e-mail');
	$server->write_conf('conf.d/a.conf', { secure_email_list_enable => 'YES',
	    email_password_file => $list });
	is(scalar answers('ftp', 'alice'), $is_in ? 230 : 530, 'listed e-mail');
}

# Anonymous users may write their name in any case: no way around a list, nor
# around a drop-in.
write_list("ftp\nanonymous\n");
for my $deny ('YES', 'NO') {
	$server->write_conf('conf.d/a.conf', { userlist_enable => 'YES',
	    userlist_file => $list, userlist_deny => $deny });
	is(scalar answers($_), $deny eq 'YES' ? 530 : 230,
	    "userlist_deny=$deny: $_")
	    for qw(ftp FTP Ftp anonymous Anonymous ANONYMOUS);
}
$server->write_conf('conf.d/a.conf', {});
$server->write_conf("user.d/$_.conf", { dirlist_enable => 'NO' })
    for qw(ftp anonymous);
for my $user (qw(ftp FTP anonymous Anonymous)) {
	my $c = $server->login($user);

	$c->expect('MLST /', 550, undef, "$user has a drop-in");
	$c->quit;
}
unlink "$server->{dir}/conf/user.d/$_.conf" for qw(ftp anonymous);

# What cannot be read, or not be understood, lets nobody in.
my @broken = (
	['UTF-16', sub { write_list("\xff\xfe" . join '', map { "$_\0" } split //,
	    "alice\n") }, qr/not a text of lines/],
	['a NUL', sub { write_list("bob\n\0alice\n") }, qr/not a text of lines/],
	['lines that end in CR', sub { write_list("alice\rbob\r") },
	    qr/not a text of lines/],
	['an escape', sub { write_list("\e[31mbob\n") }, qr/not a text of lines/],
	['a huge file', sub { write_list(''); truncate $list, 65 << 20 },
	    qr/larger than 64 MiB/],
	['no permission', sub { write_list("bob\n"); chmod 0, $list },
	    qr/Permission denied/],
	['a directory', sub { unlink $list; mkdir $list }, qr/no plain file/],
	['nothing', sub { rmdir $list }, qr/No such file/],
	['a FIFO', sub { POSIX::mkfifo($list, 0600) }, qr/no plain file/],
	['a link to itself', sub { unlink $list; symlink 'list', $list },
	    qr/Too many levels/],
);
for my $case (@broken) {
	my ($name, $make, $words) = @$case;

	$make->();
	for my $conf (['userlist_file', 'alice', userlist_enable => 'YES'],
	    ['userlist_file', 'alice', userlist_enable => 'YES',
	        userlist_deny => 'NO'],
	    ['banned_email_file', 'ftp', deny_email_enable => 'YES'],
	    ['email_password_file', 'ftp', secure_email_list_enable => 'YES']) {
		my ($file, $user, @set) = @$conf;

		$server->write_conf('conf.d/a.conf', { $file => $list, @set });
		my ($code, $log) = answers($user, 'secret');
		is($code, 530, "$name: $file lets nobody in");
		like($log, qr/configuration: $file \Q$list\E: .*$words/,
		    'the log says what is wrong with it');
		like($log, qr/login-\w+: .*: $file cannot be read/,
		    'and what that meant');
	}
}
unlink $list;

# --- banners and messages -----------------------------------------------------

sub greeting {
	my $c = $server->start;
	my ($code, undef, @lines) = $c->reply;
	my $log = $c->log;

	$c->quit;
	return ($log, $code, map { s/^220[ -]//r } @lines);
}

$server->write_conf('conf.d/a.conf',
    { banner_file => $list, ftpd_banner => 'end' });
for my $case (["one\ntwo\n", 'one', 'two'], ["one\r\ntwo", 'one', 'two'],
    ["\n\none\n", '', '', 'one'], ["220 two\n221-x\n", '220 two', '221-x'],
    ["a\0b\e[1m\x7f\n", 'a?b?[1m?'], ["\xc3\xa4\n", "\xc3\xa4"], [''],
    ["\xff\xfb\x01\n", "\xff\xff\xfb\x01" =~ s/\x01/?/r],
    ['x' x 1200 . "\ny\n", 'x' x 511, 'x' x 511, 'x' x 178, 'y'],
    ['z' x 511 . "\ny\n", 'z' x 511, 'y'], ['z' x 512 . "\n", 'z' x 511, 'z']) {
	my ($text, @want) = @$case;

	write_list($text);
	my ($log, $code, @lines) = greeting();
	is_deeply(\@lines, [@want, 'end'], 'a banner of ' . length($text) .
	    ' bytes');
	unlike($log, qr/banner_file/, 'no complaint');
}
write_list("line\n" x 2000);
my ($log, $code, @lines) = greeting();
is(scalar @lines, int(8192 / 5) + 2, 'a banner that is too long is cut');
like($log, qr/banner_file \S+: only the first 8192 bytes are shown/,
    'and the log says so');
for my $case (grep { $_->[0] =~ /^(no perm|a dir|nothing|a FIFO)/ } @broken) {
	unlink $list;
	$case->[1]->();
	($log, $code, @lines) = greeting();
	is("$code @lines", '220 end', "$case->[0]: the client is greeted");
	like($log, qr/configuration: banner_file \Q$list\E: /, 'the log says why');
	rmdir $list if $case->[0] eq 'nothing';
}
unlink $list;

$server->write_conf('conf.d/a.conf', { dirmessage_enable => 'YES' });
$server->dir('dir');
for my $case (["hello\n", 1], ["a\r\nb\r\nc", 3], ["line\n" x 2000, 820], ['', 0]) {
	my ($text, $lines) = @$case;
	my $c = $server->login('alice');

	$server->file('dir/.message', $text);
	my @reply = $c->expect('CWD dir', 250);
	is(scalar @reply, $lines + 1, 'a message of ' . length($text) . ' bytes');
	$c->quit;
}
unlink $server->data('dir/.message');
for my $make (sub { mkdir $_[0] }, sub { rmdir $_[0]; POSIX::mkfifo($_[0], 0600) },
    sub { unlink $_[0]; symlink '/etc/passwd', $_[0] }) {
	$make->($server->data('dir/.message'));
	my $c = $server->login('alice');
	is(scalar(my @reply = $c->expect('CWD dir', 250)), 1,
	    'what is no file, or is out of reach, is no message');
	$c->quit;
}

# --- lists of commands --------------------------------------------------------

for my $list ('USER,PASS,QUIT,SYST,FEAT,HELP', ' user , Pass,quit ,syst,feat,HELP,',
    'USER PASS QUIT SYST FEAT HELP', ',,USER,,PASS,QUIT,SYST,FEAT,HELP') {
	$server->write_conf('conf.d/a.conf', { cmds_allowed => $list });
	my $c = $server->login('alice');
	$c->expect('SYST', 215, undef, "cmds_allowed=$list");
	$c->expect($_, 550) for 'NOOP', 'PWD', 'SIZE x', 'SITE CHMOD 644 x';
	my @help = $c->expect('HELP', 214);
	is(join(' ', sort map { split ' ' } map { s/^214-//r } @help[1 .. $#help - 1]),
	    'FEAT HELP PASS QUIT SYST USER', 'HELP has what is left');
	my @feat = $c->expect('FEAT', 211);
	unlike("@feat", qr/MDTM|SIZE|REST|MLST|EPSV/, 'and so has FEAT');
	$c->quit;
}
$server->write_conf('conf.d/a.conf', { cmds_denied => 'chmod, SIZE,mdtm' });
my $c = $server->login('alice');
$server->file('x', '');
$c->expect('SITE CHMOD 644 x', 550, undef, 'cmds_denied: a command of SITE');
$c->expect('SITE UMASK 022', 200);
$c->expect($_, 550) for 'SIZE x', 'MDTM x';
@lines = $c->expect('FEAT', 211);
unlike("@lines", qr/ (SIZE|MDTM)/, 'FEAT follows');
like("@lines", qr/ MLST/, 'and has the others');
$c->expect('HELP SIZE', 502);
$c->quit;

$server->write_conf('conf.d/a.conf',
    { cmds_denied => 'STOR,STORE', cmds_allowed => 'ALL,CHMOD' });
my $program = Inftpd::Test::program();
my $said = `$program --config $server->{dir}/conf --check-config 2>&1`;
like($said, qr/warning: \S+a\.conf:2: cmds_denied: "STORE" is no command here/,
    'a misspelt verb is told');
like($said, qr/warning: \S+a\.conf:1: cmds_allowed: "ALL" is no command here/);
is(() = $said =~ /is no command here/g, 2, 'and no other');

# A drop-in that a Windows editor has saved.
Inftpd::Test::write_file("$server->{dir}/conf/conf.d/a.conf",
    "\xef\xbb\xbfftpd_banner=Hi.\r\n");
chmod 0600, "$server->{dir}/conf/conf.d/a.conf";
is((greeting())[2], 'Hi.', 'a byte order mark is no directive');
$server->done;
done_testing;
