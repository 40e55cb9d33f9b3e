#!/usr/bin/perl
# Transcript tier, no root: upload_spool_dir, a record of each complete upload.
# directive: upload_spool_dir

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";

use Inftpd::Test;
use Test::More;

my $spool = File::Temp->newdir(TMPDIR => 1);
my $server = Inftpd::Test->new(
    conf => { upload_spool_dir => "$spool", write_enable => 'YES',
        anon_upload_enable => 'YES' },
    users => { alice => {}, atomic => { upload_atomic => 'YES' },
        none => { upload_spool_dir => '' },
        lost => { upload_spool_dir => '/nonexistent' } });
$server->file('old', 'abc');
$server->dir('sub');
symlink 'old', $server->data('link');

# The records that have come since the last time, as hashes; then removes them.
sub records {
	opendir my $dir, "$spool" or die "$spool: $!";
	my @names = sort grep { !/^\.\.?$/ } readdir $dir;
	my @records;

	for my $name (@names) {
		open my $file, '<:raw', "$spool/$name" or die "$name: $!";
		push @records, { name => $name, mode => (stat $file)[2] & 07777,
			map { chomp; split /=/, $_, 2 } <$file> };
		unlink "$spool/$name";
	}
	return @records;
}

sub one {
	my ($test, %want) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	my @found = records();

	is(scalar @found, 1, "$test: one record") or return;
	is($found[0]{$_}, $want{$_}, "$test: $_") for sort keys %want;
	return $found[0];
}

my $c = $server->login('alice');
is(($c->stor('new', 'text'))[0], 226);
my $record = one('STOR', user => 'alice', account => 'virtual', uid => $>,
    peer => '127.0.0.1', root => $server->data, path => '/new', size => 4,
    mode => 0644);
like($record->{name}, qr/^\d+\.\d{9}-\d+-\d+\.upload$/, 'its name');
like($record->{time}, qr/^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ$/, 'its time');
is(join(' ', sort keys %$record),
    'account mode name path peer root size time uid user', 'and no more');
$c->expect('CWD sub', 250);
is(($c->stor('../sub/./in', ''))[0], 226);
one('an empty file in a directory', path => '/sub/in', size => 0);
is(($c->send_file('APPE /old', 'def'))[0], 226);
one('APPE', path => '/old', size => 6);
is(($c->stor('/link', 'x'))[0], 226);
one('through a link', path => '/link', size => 1);
my (undef, undef, $text) = $c->send_file('STOU', 'y');
my ($name) = $text =~ /FILE: (\S+)/;
one('STOU', path => "/sub/$name", size => 1);
is(($c->stor("/\x01=\\\xc3\xa4\xff\xff ", 'x'))[0], 226);
one('odd bytes', path => "/\\x01=\\x5c\xc3\xa4\\xff ");
$c->expect('REST 2', 350);
is(($c->stor('/new', 'XX'))[0], 226);
one('REST', path => '/new', size => 4);
is(($c->stor("/n$_", $_))[0], 226) for 1 .. 3;
is(join(' ', map { $_->{path} } records()), '/n1 /n2 /n3',
    'names are in the order of time');

# What is not complete leaves none.
my $data = $c->pasv;
$c->expect('STOR /half', 150);
Inftpd::Test::Client::write_all($data, 'half');
$c->raw("ABOR\r\n");
$c->expect_reply($_) for 426, 226;
$c->pasv;
$c->expect('STOR /sub', 553);
is(scalar(records()), 0, 'none without an upload');
is(($c->retr('/new'))[0], 'teXX');
is(scalar(records()), 0, 'nor for a download');

# Somebody takes the name before the upload is over.
$data = $c->pasv;
$c->expect('STOR /taken', 150);
Inftpd::Test::Client::write_all($data, 'mine');
Inftpd::Test::wait_until(sub { ($server->content('taken') // '') eq 'mine' });
unlink $server->data('taken');
$server->file('taken', 'other');
close $data;
$c->expect_reply(226);
is(scalar(records()), 0, 'none for what is somebody else\'s by then');

# No record, no 226.
chmod 0500, "$spool";
is(($c->stor('/full', 'x'))[0], 451, 'a record that cannot be written');
like($c->log, qr/spool: no record of the upload "\/full": Permission denied/,
    'the log says why');
chmod 0700, "$spool";
is(($c->stor('/full', 'x'))[0], 226, 'and again later');
one('then', path => '/full');
$c->quit;

$c = $server->login('atomic');
$data = $c->pasv;
$c->expect('STOR whole', 150);
Inftpd::Test::Client::write_all($data, 'x');
is(scalar(records()), 0, 'upload_atomic: nothing yet');
close $data;
$c->expect_reply(226);
one('then', path => '/whole', size => 1);
$c->quit;

$c = $server->login('anonymous');
is(($c->stor('anon', 'x'))[0], 226);
one('an anonymous user', user => 'anonymous', account => 'anonymous');
$c->quit;

$c = $server->login('none');
is(($c->stor('quiet', 'x'))[0], 226);
is(scalar(records()), 0, 'a user without');
$c->quit;

$c = $server->connect;
$c->cmd('USER lost');
$c->expect('PASS secret', 421, undef, 'a directory that is not there');
like($c->log, qr{configuration: upload_spool_dir /nonexistent: No such file},
    'and why');
$c->hang_up;
$server->done;
done_testing;
